"""What of a picture is looked at."""

import numpy as np
import pytest

from latentmapper.photo.framing import CLOSE, Box, closer
from latentmapper.photo.windows import MOST, WIDER, windows

SQUARE = np.random.default_rng(0).random((224, 224, 3), np.float32)
SMALL: Box = (40.0, 50.0, 100.0, 140.0)


def test_without_a_box_or_a_closer_look_it_is_the_picture_itself() -> None:
    assert windows(SQUARE, None, 4, symmetric=True)[0].picture is SQUARE
    (only,) = windows(SQUARE, SMALL, looks=0)
    assert only.picture is SQUARE and only.patches(16).all()


def test_one_look_is_the_window_around_the_object() -> None:
    (only,) = windows(SQUARE, SMALL)
    np.testing.assert_array_equal(only.picture, closer(SQUARE, SMALL))


def test_the_mirror_image_shows_the_same_object_mirrored() -> None:
    first, second = windows(SQUARE, SMALL, looks=2, symmetric=True)
    np.testing.assert_allclose(second.picture, first.picture[:, ::-1], atol=2 / 255)
    assert second.object == first.object


@pytest.mark.parametrize("symmetric", [True, False])
def test_every_further_look_is_another_one(symmetric: bool) -> None:
    every = windows(SQUARE, SMALL, MOST, symmetric)
    assert len(every) == MOST
    assert all(np.abs(a.picture - b.picture).max() > 0.1 for i, a in enumerate(every) for b in every[:i])
    for looks in range(1, MOST):
        again = [each.picture for each in windows(SQUARE, SMALL, looks, symmetric)]
        np.testing.assert_array_equal(again, [each.picture for each in every[:looks]])
    wider = every[2] if symmetric else every[1]
    np.testing.assert_array_equal(wider.picture, closer(SQUARE, SMALL, CLOSE * WIDER))


def test_patches_are_those_of_the_object_and_their_neighbours() -> None:
    marked = np.zeros_like(SQUARE)
    marked[40:100, 50:140] = 1
    (window,) = windows(marked, SMALL)
    shown = window.picture[..., 0].reshape(16, 14, 16, 14).max((1, 3)) > 0.5
    kept = window.patches(16)
    assert (kept & shown).sum() == shown.sum()
    rows, columns = np.atleast_1d(kept.any(1)), np.atleast_1d(kept.any(0))
    assert columns.all() and not rows[[0, 1, -2, -1]].any()
    assert rows.sum() <= np.atleast_1d(shown.any(1)).sum() + 2 and rows[::-1].tolist() == rows.tolist()
