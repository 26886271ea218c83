"""Soft masks are drawn to the edges of their picture, whatever its size."""

import numpy as np
import pytest

from latentmapper.photo.guided import WINDOW, follow_edges, resized


def picture(side: int, low: float, high: float) -> np.ndarray:
    """(side, side, 3) a bright square in the middle, half as wide as the picture."""
    rgb = np.full((side, side, 3), low, np.float32)
    rgb[side // 4 : -side // 4, side // 4 : -side // 4] = high
    return rgb


def wide_mask(side: int, room: int) -> np.ndarray:
    """(side, side) that square and some pixels around it."""
    mask = np.zeros((side, side), np.float32)
    mask[side // 4 - room : room - side // 4, side // 4 - room : room - side // 4] = 1
    return mask


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.8), (0.7, 0.3)])
@pytest.mark.parametrize("side", [112, 448])
def test_a_mask_that_is_too_wide_ends_at_the_edge(side: int, low: float, high: float) -> None:
    rgb, mask = picture(side, low, high), wide_mask(112, 4)
    truth = rgb[..., 0] == np.float32(high)
    before = resized(mask, truth.shape) > 0.5
    found = follow_edges(mask, rgb) > 0.5
    overlap = [(each & truth).sum() / (each | truth).sum() for each in (before, found)]
    assert overlap[0] < 0.8 and overlap[1] > 0.93


def test_where_the_picture_is_plain_the_mask_is_averaged() -> None:
    rgb = np.full((112, 112, 3), 0.5, np.float32)
    found = follow_edges(wide_mask(112, 0), rgb)
    assert found[56, 56] == pytest.approx(1) and found[5, 5] == pytest.approx(0, abs=1e-6)
    # The mean of means over windows: a half at the edge, and nothing two windows away from it.
    assert found[28, 56] == pytest.approx(0.5, abs=0.05)
    assert found[28 - WINDOW - 1, 56] == pytest.approx(0, abs=1e-6)


def test_it_is_what_every_window_says_by_itself() -> None:
    """Against least squares in each window, pixel by pixel."""
    rng = np.random.default_rng(0)
    rgb = np.repeat(rng.random((30, 26, 1), np.float32), 3, axis=2)
    mask = rng.random((30, 26), np.float32)
    luma, half = rgb[..., 0], WINDOW // 2
    padded = [np.pad(each, 2 * half, mode="edge").astype(np.float64) for each in (luma, mask)]
    told = np.zeros((30 + 2 * half, 26 + 2 * half, 2))
    for y, x in np.ndindex(told.shape[:2]):
        g, m = (each[y : y + WINDOW, x : x + WINDOW].ravel() for each in padded)
        slope = ((g * m).mean() - g.mean() * m.mean()) / (g.var() + 1e-3)
        told[y, x] = slope, m.mean() - slope * g.mean()
    inner = told[half:-half, half:-half]
    padded_told = np.pad(inner, ((half, half), (half, half), (0, 0)), mode="edge")
    means = np.array(
        [[padded_told[y : y + WINDOW, x : x + WINDOW].mean((0, 1)) for x in range(26)] for y in range(30)]
    )
    wanted = np.clip(means[..., 0] * luma + means[..., 1], 0, 1)
    np.testing.assert_allclose(follow_edges(mask, rgb), wanted, atol=1e-3)
