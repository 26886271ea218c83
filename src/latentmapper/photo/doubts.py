"""What about a picture makes any answer doubtful, each with what to try."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import RefusedPhoto
from latentmapper.photo.foreground import Mask

DARK = 0.2
"""Brightness, 0..1, that three quarters of a picture at night stay below; by day a quarter lies above it."""
STEP = 0.75 / 255
"""Difference between neighbours from which they differ: less is rounding."""
EDGE = 24 / 255
"""Difference from which an edge passes between them."""
SOFT = 0.16
"""Share of pixels that differ softly from a neighbour, below which a picture is no photo: noise, texture and
shading make a quarter of one soft at least, even before a white wall."""
DRAWN = 0.01
"""Share of pixels at an edge from which something is drawn at all."""
PLAIN = 8 / 255
"""Range of every channel below which a picture shows nothing: more than compression makes of one colour."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def doubts(rgb: NDArray[np.float32], mask: Mask | None) -> tuple[str, ...]:
    """Warnings about the pixels that are looked at.

    Parameters
    ----------
    rgb : (h, w, 3) 0..1.
    mask : (h, w) of the object; None where the whole picture is looked at.
    """
    brightness = rgb @ LUMA
    on = np.ones(brightness.shape, bool) if mask is None else mask > 0.5
    told = []
    if on.any() and np.percentile(brightness[on], 75) < DARK:
        told.append("the picture is dark: brighten it, or take one by day")
    if _is_drawn(brightness, on):
        told.append("it looks like a drawing: shapes are learned from photos; take one if you can")
    return tuple(told)


def require_something(rgb: NDArray[np.float32], name: str) -> None:
    """Raise `RefusedPhoto` where pixels (h, w, 3), 0..1, are all of one colour.

    What tells categories has learned from pictures of something, and may take these for anything.
    """
    # One axis after the other: over both at once NumPy takes eighty times as long.
    low, high = rgb.min(axis=0).min(axis=0), rgb.max(axis=0).max(axis=0)
    if (high - low).max() < PLAIN:
        raise RefusedPhoto(f"{name} shows one plain colour and nothing else; --force takes it for one anyway")


def _is_drawn(brightness: NDArray[np.float32], on: NDArray[np.bool_]) -> bool:
    """Whether a picture is flat but for its lines."""
    down, right = np.abs(np.diff(brightness, axis=0)), np.abs(np.diff(brightness, axis=1))
    steps = np.maximum(down[:, :-1], right[:-1])[on[:-1, :-1]]
    if not len(steps):
        return False
    soft, edge = (steps >= STEP) & (steps < EDGE / 2), steps >= EDGE
    return bool(soft.mean() < SOFT and edge.mean() > DRAWN)
