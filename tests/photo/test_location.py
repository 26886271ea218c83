"""Each patch of an object says where all of it ends; those that agree are believed."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from latentmapper.errors import StoreError
from latentmapper.features.vit import Tokens
from latentmapper.files import write_arrays
from latentmapper.photo.location import Location, box, centres, logistic


@pytest.fixture
def first_channel() -> Location:
    """Takes a patch for the object where its first channel is above 1; the second is its reach."""
    weight1, weight2 = np.zeros((3, 2), np.float32), np.zeros((2, 5), np.float32)
    weight1[0, 0] = weight1[1, 1] = 1
    weight2[0, 0], weight2[1, 1:] = 2, 1
    return Location(weight1, np.zeros(2, np.float32), weight2, np.array([-2, 0, 0, 0, 0], np.float32))


def told_of(*objects: tuple[int, int, int, int]) -> np.ndarray:
    """(16, 16, 5) what is said of pictures of boxes, in patches: each patch knows its own box."""
    told = np.full((16, 16, 5), -3.0, np.float32)
    for top, left, bottom, right in objects:
        edges = np.array((top, left, bottom, right)) / 16
        inside = np.s_[top:bottom, left:right]
        told[inside][..., 0] = 3
        told[inside][..., 1:] = (edges - centres(16)[inside]) * (-1, -1, 1, 1)
    return told


def test_a_patch_is_judged_by_its_own_token(first_channel: Location) -> None:
    patches = np.zeros((1, 4, 4, 3), np.float32)
    patches[0, 1, 2, :2] = 3, 0.25
    told = first_channel(Tokens(np.zeros((1, 3), np.float32), patches))
    assert told.shape == (1, 4, 4, 5)
    np.testing.assert_allclose(told[0, 1, 2], (4, 0.25, 0.25, 0.25, 0.25))
    assert (np.delete(told[0, ..., 0].ravel(), 6) == -2).all()


def test_a_head_comes_back_from_the_arrays_of_a_pack(first_channel: Location) -> None:
    again = Location.from_arrays(first_channel.to_arrays() | {"bank": np.zeros(3)})
    for name in ("weight1", "bias1", "weight2", "bias2"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first_channel, name))


def test_patches_that_agree_give_their_box() -> None:
    found = box(told_of((4, 2, 8, 12)))
    assert found is not None
    np.testing.assert_allclose(found, (4 * 14, 2 * 14, 8 * 14, 12 * 14), atol=2)


def test_an_object_reaches_beyond_the_patches_that_show_it() -> None:
    told = told_of((4, 2, 8, 12))
    told[4:8, 8:12, 0] = -3.0
    found = box(told)
    assert found is not None
    np.testing.assert_allclose(found, (4 * 14, 2 * 14, 8 * 14, 10 * 14), atol=2)


def test_a_neighbour_that_touches_is_left_out_for_the_most_part() -> None:
    found = box(told_of((4, 2, 8, 10), (4, 10, 7, 16), (14, 14, 16, 16)))
    assert found is not None
    top, left, bottom, right = found
    np.testing.assert_allclose((top, left, bottom), (4 * 14, 2 * 14, 8 * 14), atol=2)
    assert 10 * 14 <= right < 11 * 14


def test_an_object_that_is_parted_is_found_whole() -> None:
    told = told_of((4, 2, 8, 13))
    told[4:8, 7:9, 0] = -3.0
    found = box(told)
    assert found is not None
    np.testing.assert_allclose(found, (4 * 14, 2 * 14, 8 * 14, 13 * 14), atol=2)


@pytest.mark.parametrize("patches", [0, 1])
def test_hardly_anything_is_nothing(patches: int) -> None:
    assert box(told_of((3, 3, 4, 3 + patches))) is None


@pytest.mark.parametrize("shift", [-3.0, -0.3, 0.0, 1.0])
@pytest.mark.parametrize("wrong", [None, np.nan, np.inf, -np.inf])
def test_whatever_is_said_the_box_lies_in_the_picture(shift: float, wrong: float | None) -> None:
    for seed in range(20):
        told = np.random.default_rng(seed).normal(shift, 1, (16, 16, 5)).astype(np.float32)
        told[..., 0] -= shift
        if wrong is not None:
            told[::3, ::5, seed % 5] = wrong
        found = box(told)
        assert found is not None
        top, left, bottom, right = found
        assert 0 <= top < bottom <= 224
        assert 0 <= left < right <= 224


@pytest.mark.parametrize("name", ["weight1", "bias1", "weight2", "bias2"])
@pytest.mark.parametrize("wrong", [np.zeros((0, 0)), np.zeros((7, 2, 1)), np.array(np.nan)])
def test_arrays_of_another_shape_are_refused(first_channel: Location, name: str, wrong: np.ndarray) -> None:
    arrays = first_channel.to_arrays() | {f"location_{name}": wrong.astype(np.float32)}
    with pytest.raises(ValueError, match=r"location_\w+ is not .* finite numbers"):
        Location.from_arrays(arrays)


@pytest.mark.parametrize("content", [None, b"", b"no safetensors"])
def test_a_file_without_a_head_says_how_to_make_one(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "location.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"holds no head .*; make one with: latentmapper train location"):
        Location.read(path)


def test_a_head_is_read_for_the_side_it_was_trained_at(first_channel: Location, tmp_path: Path) -> None:
    path = tmp_path / "location.safetensors"
    for side in (126, 224):
        first_channel.write(path, side)
        np.testing.assert_array_equal(Location.read(path, side).weight1, first_channel.weight1)
    with pytest.raises(StoreError, match=r"was trained on pictures of 224 pixels a side, not 126; make one"):
        Location.read(path, 126)
    write_arrays(path, first_channel.to_arrays(), {"side": "small"})
    with pytest.raises(StoreError, match="holds no head that finds the object"):
        Location.read(path)
    write_arrays(path, first_channel.to_arrays())  # from before the side was kept
    np.testing.assert_array_equal(Location.read(path, 126).bias2, first_channel.bias2)


def test_the_logistic_function_is_that_of_scipy() -> None:
    odds = np.concatenate([np.linspace(-40, 40, 81), [-1e4, 1e4]])
    np.testing.assert_allclose(logistic(odds), expit(odds), rtol=1e-9, atol=1e-12)
