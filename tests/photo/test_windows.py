"""What of a picture is looked at."""

import numpy as np
import pytest

from latentmapper.photo.framing import CLOSE, Box, closer
from latentmapper.photo.windows import MOST, WIDER, windows

SQUARE = np.random.default_rng(0).random((224, 224, 3), np.float32)
SMALL: Box = (40.0, 50.0, 100.0, 140.0)


def test_without_a_box_or_a_closer_look_it_is_the_picture_itself() -> None:
    assert windows(SQUARE, None, 4, symmetric=True)[0] is SQUARE
    (only,) = windows(SQUARE, SMALL, looks=0)
    assert only is SQUARE


def test_one_look_is_the_window_around_the_object() -> None:
    (only,) = windows(SQUARE, SMALL)
    np.testing.assert_array_equal(only, closer(SQUARE, SMALL))


def test_the_mirror_image_shows_the_same_object_mirrored() -> None:
    first, second = windows(SQUARE, SMALL, looks=2, symmetric=True)
    np.testing.assert_allclose(second, first[:, ::-1], atol=2 / 255)


@pytest.mark.parametrize("symmetric", [True, False])
def test_every_further_look_is_another_one(symmetric: bool) -> None:
    every = windows(SQUARE, SMALL, MOST, symmetric)
    assert len(every) == MOST
    assert all(np.abs(a - b).max() > 0.1 for i, a in enumerate(every) for b in every[:i])
    for looks in range(1, MOST):
        np.testing.assert_array_equal(windows(SQUARE, SMALL, looks, symmetric), every[:looks])
    wider = every[2] if symmetric else every[1]
    np.testing.assert_array_equal(wider, closer(SQUARE, SMALL, CLOSE * WIDER))
