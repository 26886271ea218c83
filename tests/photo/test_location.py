"""The head says which patches show the object; the box holds them, and not stray ones."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.features.vit import Tokens
from latentmapper.photo.location import Location, box


@pytest.fixture
def first_channel() -> Location:
    """Takes a patch for the object where its first channel is above 1."""
    weight1 = np.zeros((3, 2), np.float32)
    weight1[0, 0] = 1
    return Location(
        weight1, np.zeros(2, np.float32), np.array([2, 0], np.float32), np.array([-2], np.float32)
    )


def test_a_patch_is_judged_by_its_own_token(first_channel: Location) -> None:
    patches = np.zeros((1, 4, 4, 3), np.float32)
    patches[0, 1, 2, 0] = 3
    odds = first_channel(Tokens(np.zeros((1, 3), np.float32), patches))
    assert odds.shape == (1, 4, 4)
    assert odds[0, 1, 2] == pytest.approx(4)
    assert (np.delete(odds.ravel(), 6) == -2).all()


def test_a_head_comes_back_from_the_arrays_of_a_pack(first_channel: Location) -> None:
    again = Location.from_arrays(first_channel.to_arrays() | {"bank": np.zeros(3)})
    for name in ("weight1", "bias1", "weight2", "bias2"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first_channel, name))


def test_the_box_holds_the_object_to_a_fraction_of_a_patch() -> None:
    odds = np.full((16, 16), -3.0, np.float32)
    odds[4:8, 2:12] = 3.0
    found = box(odds)
    assert found is not None
    np.testing.assert_allclose(found, (4 * 14, 2 * 14, 8 * 14, 12 * 14), atol=2)


def test_stray_patches_are_left_out_but_a_parted_object_is_not() -> None:
    odds = np.full((16, 16), -3.0, np.float32)
    odds[4:8, 2:8] = 3.0
    odds[15, 15] = 3.0
    odds[4:8, 10:13] = 3.0
    found = box(odds)
    assert found is not None
    np.testing.assert_allclose(found, (4 * 14, 2 * 14, 8 * 14, 13 * 14), atol=2)


@pytest.mark.parametrize("patches", [0, 1])
def test_hardly_anything_is_nothing(patches: int) -> None:
    odds = np.full((16, 16), -3.0, np.float32)
    odds[3, 3 : 3 + patches] = 3.0
    assert box(odds) is None


@pytest.mark.parametrize("content", [None, b"", b"no safetensors"])
def test_a_file_without_a_head_says_how_to_make_one(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "location.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"holds no head .*; make one with: latentmapper train location"):
        Location.read(path)
