"""Objects by the votes of patches: how many, which pixels, and back in the photo they came from."""

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import MissingError, PhotoError, RefusedPhoto
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.foreground import Found, Request
from latentmapper.photo.located import Located

from .pictures import quarters
from .test_location import told_of

Box = tuple[int, int, int, int]
ONE, TWO = (4, 1, 11, 8), (5, 9, 10, 15)


def find(*objects: Box, size: tuple[int, int] = (224, 224), instance: int = 1) -> Found:
    """What is found where dark objects, in patches of the square, are seen before something light."""
    square = Image.new("RGB", (1280, 1280), (190, 200, 210))
    for top, left, bottom, right in objects:
        square.paste((60, 50, 40), (80 * left, 80 * top, 80 * right, 80 * bottom))
    width, height = (1280 * side // max(size) for side in size)
    left, top = (1280 - width) // 2, (1280 - height) // 2
    photo = square.crop((left, top, left + width, top + height)).resize(size)
    return found_by(told_of(*objects), photo, instance)


def found_by(told: np.ndarray, photo: Image.Image, instance: int = 1) -> Found:
    def locate(photo: Photo, categories: Sequence[str]) -> np.ndarray:
        return told

    return Located().find(read_photo(photo, "a.jpg"), Request(("car",), instance, locate))


def overlap(found: Found, box: tuple[float, ...]) -> float:
    """Intersection over union of a mask, where it is above a half, and a box in shares of the picture."""
    assert found.mask is not None
    height, width = found.mask.shape
    y, x = (np.arange(height)[:, None] + 0.5) / height, (np.arange(width)[None] + 0.5) / width
    truth = (y >= box[0]) & (x >= box[1]) & (y < box[2]) & (x < box[3])
    on = found.mask > 0.5
    return float((on & truth).sum() / (on | truth).sum())


def test_one_object_is_masked() -> None:
    found = find(ONE)
    assert overlap(found, tuple(edge / 16 for edge in ONE)) > 0.95
    (candidate,) = found.candidates
    np.testing.assert_allclose(np.array(candidate.box) * 16, ONE, atol=0.5)
    assert candidate.score > 0.9 and candidate.label == "car"


@pytest.mark.parametrize("instance", [1, 2])
def test_two_that_stand_side_by_side_are_told_apart(instance: int) -> None:
    found = find(ONE, TWO, instance=instance)
    wanted = (ONE, TWO)[instance - 1]
    assert overlap(found, tuple(edge / 16 for edge in wanted)) > 0.9
    assert len(found.candidates) == 2 and found.instance == instance


def test_an_object_cut_by_the_edge_is_told_but_not_one_that_merely_comes_near() -> None:
    cut = "the picture's edge cuts the object: what lies beyond is guessed; show all of it"
    assert cut in find((4, 0, 11, 9)).warnings
    assert find((4, 1, 11, 15)).warnings == ()


def test_a_neighbour_that_touches_is_left_out() -> None:
    left, right = (4, 1, 11, 8), (4, 8, 10, 15)
    for instance, wanted in enumerate((left, right), 1):
        found = find(left, right, instance=instance)
        assert overlap(found, tuple(edge / 16 for edge in wanted)) > 0.85


@pytest.mark.parametrize("size", [(640, 320), (160, 320)])
def test_the_mask_lies_where_the_object_is_in_the_photo(size: tuple[int, int]) -> None:
    # Letterboxed, a wide picture takes the middle rows, a tall one the middle columns of the square.
    found = find((6, 6, 10, 10), size=size)
    assert found.mask is not None and found.mask.shape == size[::-1]
    assert (
        overlap(found, (0.25, 0.375, 0.75, 0.625) if size[0] > size[1] else (0.375, 0.25, 0.625, 0.75)) > 0.9
    )


def test_the_edge_is_soft_and_far_off_there_is_nothing() -> None:
    mask = find(ONE).mask
    assert mask is not None and mask.min() >= 0 and mask.max() <= 1
    assert ((mask > 0.05) & (mask < 0.95)).any()
    assert max(mask[:, 150:].max(), mask[:20].max(), mask[190:].max()) < 1e-6


def test_no_object_is_refused() -> None:
    with pytest.raises(RefusedPhoto, match=r"a\.jpg: the pack's location head finds no car in it"):
        find()
    with pytest.raises(PhotoError, match="--instance 2, but of car only 1 is found by the pack's"):
        find(ONE, instance=2)


def test_without_a_pack_that_finds_anything_it_cannot_work() -> None:
    with pytest.raises(MissingError, match="--foreground bundled needs a pack that finds the object"):
        Located().find(read_photo(quarters()), Request(("car",)))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_whatever_is_said_the_mask_is_sane(wrong: float) -> None:
    for seed in range(5):
        told = np.random.default_rng(seed).normal(0, 1, (16, 16, 5)).astype(np.float32)
        told[::3, ::5, seed % 5] = wrong
        try:
            mask = found_by(told, quarters()).mask
        except PhotoError:
            continue
        assert mask is not None and np.isfinite(mask).all() and 0 <= mask.min() <= mask.max() <= 1
