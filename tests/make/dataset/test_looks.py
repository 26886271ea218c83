"""A closer look fills the picture with what is visible of the object."""

import numpy as np
import pytest

from latentmapper.make.dataset.looks import closer_by, closer_by_mask, true_box, whole
from latentmapper.make.dataset.scene import View
from latentmapper.render.camera import Camera
from tests.make.fake_vit import PlacedColours, head_for


@pytest.fixture
def view() -> View:
    """A white box of 42 x 28 pixels, whole patches, on black."""
    mask = np.zeros((224, 224), bool)
    mask[98:126, 28:70] = True
    image = np.where(mask[..., None], 255, 0).astype(np.uint8).repeat(3, -1)
    return View(image, mask, Camera(0, 0, 3, 40), 0.0)


def extent(square: np.ndarray) -> tuple[int, int]:
    """Height and width of what is bright."""
    bright = square[..., 0] > 0.5
    rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_the_object_takes_most_of_the_picture(view: View) -> None:
    for square in closer_by_mask([view] * 20, np.random.default_rng(0)):
        height, width = extent(square)
        assert 224 / 1.26 < width < 224 / 1.02
        assert height == pytest.approx(width * 2 / 3, abs=3)


def test_looks_differ_but_are_the_same_again_for_the_same_seed(view: View) -> None:
    one, other = closer_by_mask([view, view], np.random.default_rng(0))
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(one, closer_by_mask([view], np.random.default_rng(0))[0])


def test_where_hardly_anything_is_visible_the_whole_picture_is_looked_at(view: View) -> None:
    hidden = View(view.image, np.zeros_like(view.mask), view.camera, 1.0)
    rng = np.random.default_rng(0)
    assert true_box(hidden) is None
    np.testing.assert_array_equal(closer_by_mask([hidden], rng), whole([hidden], rng))


def test_a_head_finds_the_window_as_the_mask_gives_it(view: View) -> None:
    head = head_for((98 / 224, 28 / 224, 126 / 224, 70 / 224))
    found = closer_by(head, PlacedColours())([view] * 5, np.random.default_rng(0))
    for square in found:
        height, width = extent(square)
        assert height == pytest.approx(width * 2 / 3, abs=3)
        assert 224 / 1.3 < width < 224
