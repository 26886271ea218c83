"""Two methods held against each other."""

from typing import Any

import numpy as np
import pytest

from latentmapper.errors import UsageError
from latentmapper.make.evaluation.differences import Side, differences


def shape(name: str, samples: dict[str, Any], group: str | None = None, digest: str = "0") -> dict[str, Any]:
    return {"id": name, "group": group or name, "origin": "mesh", "sha256": digest, "samples": samples}


def cell(values, views=None) -> dict[str, Any]:
    values = list(values)
    return {
        "view": list(views or range(len(values))),
        "chamfer": values,
        "f_score": [1 / (1 + v) for v in values],
    }


def side(shapes, name: str = "a.json", method: str = "pack", protocol: str = "lm1") -> Side:
    return Side(name, {"protocol": {"id": protocol}, "shapes": shapes}, method)


def test_differences_are_paired_by_shape_and_view():
    first = side([shape("x", {"pack": {"plain": cell([1, 2], [5, 6])}}), shape("only", {"pack": {}})])
    second = side([shape("x", {"pack": {"plain": cell([7, 4], [6, 5])}})], "b.json")
    found = {each.measure: each for each in differences(first, second)}
    chamfer = found["chamfer"]
    # View 5: 1 against 4; view 6: 2 against 7.
    assert (chamfer.first, chamfer.second, chamfer.difference) == (1.5, 5.5, -4)
    assert (chamfer.shapes, chamfer.samples, chamfer.better) == (1, 2, 1)
    assert found["f_score"].difference > 0 and found["f_score"].better == 1


def test_pairing_sees_what_separate_intervals_do_not():
    rng = np.random.default_rng(0)
    hard = rng.uniform(1, 100, 60)
    noise = rng.normal(0, 0.3, 60)
    first = side([shape(str(i), {"pack": {"plain": cell([v])}}) for i, v in enumerate(hard)])
    second = side([shape(str(i), {"pack": {"plain": cell([v + 1])}}) for i, v in enumerate(hard + noise)])
    (each,) = differences(first, second, ["chamfer"])
    assert each.high < 0
    assert each.high - each.low == pytest.approx(2 * 1.96 * noise.std() / np.sqrt(60), rel=0.1)


def test_copies_of_a_group_do_not_narrow_the_interval():
    values = np.random.default_rng(1).normal(0, 1, 10)

    def pair(copies: int):
        shapes = [(f"{i}-{c}", v, str(i)) for i, v in enumerate(values) for c in range(copies)]
        first = side([shape(n, {"pack": {"plain": cell([5 + v])}}, g) for n, v, g in shapes])
        second = side([shape(n, {"pack": {"plain": cell([5.0])}}, g) for n, _, g in shapes])
        return differences(first, second, ["chamfer"])[0]

    one, many = pair(1), pair(20)
    assert (many.groups, many.shapes) == (10, 200)
    assert many.high - many.low == pytest.approx(one.high - one.low)


def test_a_blind_method_is_held_against_every_view():
    shapes = [shape("x", {"pack": {"plain": cell([1, 3])}, "mean shape": {"any": cell([2], [9])}})]
    (each,) = differences(side(shapes), side(shapes, method="mean shape"), ["chamfer"])
    assert (each.condition, each.samples, each.second, each.difference, each.better) == (
        "plain",
        2,
        2,
        0,
        0.5,
    )
    (back,) = differences(side(shapes, method="mean shape"), side(shapes), ["chamfer"])
    assert (back.samples, back.first) == (2, 2)
    (blind,) = differences(side(shapes, method="mean shape"), side(shapes, method="mean shape"), ["chamfer"])
    assert (blind.condition, blind.samples, blind.low, blind.high) == ("any", 1, 0, 0)


def test_views_without_a_value_are_left_out():
    part = {"plain": {"view": [0, 1], "chamfer": [1, 2], "emd": [4.0, None]}}
    shapes = [shape("x", {"pack": part})]
    found = {each.measure: each.samples for each in differences(side(shapes), side(shapes, "b.json"))}
    assert found == {"chamfer": 2, "emd": 1}


def plain(name: str = "x", digest: str = "0") -> list[dict[str, Any]]:
    return [shape(name, {"pack": {"plain": cell([1])}}, digest=digest)]


@pytest.mark.parametrize(
    ("second", "wanted", "message"),
    [
        (side(plain(), "b.json", protocol="lm2"), (), "a.json follows protocol lm1, b.json protocol lm2"),
        (side(plain("y"), "b.json"), (), "a.json and b.json have no shape in common"),
        (side(plain(digest="1"), "b.json"), (), "a.json and b.json have no shape in common"),
        (side(plain(), "b.json"), ("emd",), "a.json has no emd; it has: chamfer, f_score"),
        (
            side([shape("x", {"pack": {"occluded": cell([1])}})], "b.json"),
            (),
            "a.json and b.json have no pictures of one condition in common",
        ),
    ],
)
def test_what_does_not_compare_is_refused(second, wanted, message):
    with pytest.raises(UsageError, match=message):
        differences(side(plain()), second, wanted)


def test_a_method_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match=r"a\.json has no method 'atlasnet'; it has: pack"):
        side(plain(), method="atlasnet")
