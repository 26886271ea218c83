"""Codes to render: known ones as they are, and codes that lie between two near known ones."""

import numpy as np
import pytest

from latentmapper.errors import LatentMapperError, StoreError
from latentmapper.make.dataset.coded import SHARE, DecodeRecipe, coded_shapes
from latentmapper.make.dataset.store import Record

CODES = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
IDS = [f"s{i}" for i in range(12)]


def records(ids=IDS, groups=None, split="train"):
    return [Record(s, (groups or ids)[i], split, "made", "CC0-1.0", "car") for i, s in enumerate(ids)]


def parents(shape: str) -> tuple[int, int]:
    first, second, _ = shape.split("~")
    return IDS.index(first), IDS.index(second)


def test_known_shapes_keep_their_codes_groups_and_ids():
    groups = [f"g{i // 2}" for i in range(12)]
    found = coded_shapes(records(groups=groups), IDS[::-1], CODES[::-1], DecodeRecipe())
    assert [shape.shape for shape in found] == IDS
    assert [shape.group for shape in found] == groups
    assert {(shape.mesh, shape.source) for shape in found} == {("decoded", "made")}
    np.testing.assert_array_equal(np.stack([shape.code for shape in found]), CODES)


def test_codes_between_lie_on_the_segment_between_two_near_ones():
    for shape in coded_shapes(records(), IDS, CODES, DecodeRecipe(between=60, neighbours=3)):
        first, second = parents(shape.shape)
        apart = CODES[second] - CODES[first]
        share = (shape.code - CODES[first]) @ apart / (apart @ apart)
        assert SHARE[0] <= share <= SHARE[1]
        np.testing.assert_allclose(shape.code, CODES[first] + share * apart, atol=1e-5)
        distances = np.linalg.norm(CODES - CODES[first], axis=1)
        assert 0 < (distances < distances[second]).sum() <= 3, "itself and at most two nearer ones"
        assert (shape.group, shape.mesh) == (IDS[first], "between")


def test_more_codes_between_begin_with_the_same_ones_and_seeds_share_no_id():
    def drawn(count: int, seed: int = 0) -> dict[str, np.ndarray]:
        found = coded_shapes(records(), IDS, CODES, DecodeRecipe(between=count), seed)
        return {shape.shape: shape.code for shape in found}

    few, many = drawn(10), drawn(400)
    assert len(many) == 400
    assert not set(many) & {*IDS, *drawn(400, seed=1)}
    assert list(few) == list(many)[:10]
    for shape, code in few.items():
        np.testing.assert_array_equal(code, many[shape])


def test_near_copies_are_no_partners_unless_there_is_nothing_else():
    groups = ["copies" if i < 9 else f"g{i}" for i in range(12)]
    recipe = DecodeRecipe(between=50, neighbours=2)
    for shape in coded_shapes(records(groups=groups), IDS, CODES, recipe):
        first, second = parents(shape.shape)
        assert groups[first] != groups[second]
    assert len(coded_shapes(records(groups=["copies"] * 12), IDS, CODES, recipe)) == 50


def test_the_first_code_is_of_the_store_the_second_of_any():
    pairs = {parents(s.shape) for s in coded_shapes(records(IDS[:2]), IDS, CODES, DecodeRecipe(between=60))}
    assert {first for first, _ in pairs} == {0, 1}
    assert max(second for _, second in pairs) > 1


def test_shapes_held_out_are_never_shown():
    with pytest.raises(StoreError, match="--decode: the model was trained on none of this store's shapes"):
        coded_shapes(records(split="test"), IDS, CODES, DecodeRecipe())
    with pytest.raises(StoreError, match="--between: the model knows a single shape"):
        coded_shapes(records(["s0"]), ["s0"], CODES[:1], DecodeRecipe(between=1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"between": 0}, "--between must be at least 1, not 0"),
        ({"neighbours": 0}, "--neighbours must be at least 1, not 0"),
        ({"resolution": 8}, "--resolution must be between 16 and 512, not 8"),
    ],
)
def test_values_out_of_range_are_named(options, message):
    with pytest.raises(LatentMapperError, match=message):
        DecodeRecipe(**options)
