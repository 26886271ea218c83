"""Where to look closer at an object: one window around it, or several whose answers are averaged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.photo.framing import CLOSE, Box, closer

MOST = 4
"""Looks at a photo."""
WIDER = 1.15
"""How much wider the third and fourth window are."""
AROUND = 1.0
"""How far around the object's box patches are looked at, in patches."""


@dataclass(frozen=True, eq=False)
class Window:
    """What of a picture is looked at."""

    picture: NDArray[np.float32]
    """(s, s, 3) float32 0..1."""
    object: tuple[float, float] = (1.0, 1.0)
    """Height and width of the object, which is in the middle, in sides of the window."""

    def patches(self, rows: int) -> NDArray[np.bool_]:
        """(rows, rows) which of the window's patches show the object, or are beside one that does."""
        apart = np.abs((np.arange(rows) + 0.5) / rows - 0.5)
        tall, wide = (apart < size / 2 + AROUND / rows for size in self.object)
        return tall[:, None] & wide


def windows(
    square: NDArray[np.float32], box: Box | None, looks: int = 1, symmetric: bool = False
) -> list[Window]:
    """What of a picture is looked at to find a shape.

    Parameters
    ----------
    square : (s, s, 3) float32 0..1.
    box : of the object; None where it is not known: then the whole picture is all there is to see.
    looks : 0 the picture itself; 1 a window around the object; 2 its mirror image besides, where the
        category is symmetric, so that both show the same shape; 3 and 4 wider windows besides.

    Returns
    -------
    windows : one a look; the picture itself, not a copy, where that is what is looked at.
    """
    if looks == 0 or box is None:
        return [Window(square)]
    mirrored, side = square[:, ::-1], len(square)
    reflected = box[0], side - box[3], box[2], side - box[1]
    more = [(mirrored, reflected, 1.0), (square, box, WIDER), (mirrored, reflected, WIDER)]
    if not symmetric:
        more = [(square, box, WIDER**power) for power in range(1, MOST)]
    return [_window(*each) for each in [(square, box, 1.0), *more[: looks - 1]]]


def _window(picture: NDArray[np.float32], box: Box, wide: float) -> Window:
    """The window around a box, so many times as wide as usual."""
    scale = CLOSE * wide
    height, width = box[2] - box[0], box[3] - box[1]
    side = max(height, width) * scale
    return Window(closer(picture, box, scale), (height / side, width / side))
