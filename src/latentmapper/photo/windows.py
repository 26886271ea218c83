"""Where to look closer at an object: one window around it, or several whose answers are averaged."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.photo.framing import CLOSE, Box, closer

MOST = 4
"""Looks at a photo."""
WIDER = 1.15
"""How much wider the third and fourth window are."""


def windows(
    square: NDArray[np.float32], box: Box | None, looks: int = 1, symmetric: bool = False
) -> list[NDArray[np.float32]]:
    """What of a picture is looked at to find a shape.

    Parameters
    ----------
    square : (s, s, 3) float32 0..1.
    box : of the object; None where it is not known: then the whole picture is all there is to see.
    looks : 0 the picture itself; 1 a window around the object; 2 its mirror image besides, where the
        category is symmetric, so that both show the same shape; 3 and 4 wider windows besides.

    Returns
    -------
    (s, s, 3) float32 0..1 each; the picture itself, not a copy, where that is what is looked at.
    """
    if looks == 0 or box is None:
        return [square]
    mirrored, side = square[:, ::-1], len(square)
    reflected = box[0], side - box[3], box[2], side - box[1]
    more = [(mirrored, reflected, 1.0), (square, box, WIDER), (mirrored, reflected, WIDER)]
    if not symmetric:
        more = [(square, box, WIDER**power) for power in range(1, MOST)]
    first = closer(square, box)
    return [first, *(closer(picture, at, CLOSE * wide) for picture, at, wide in more[: looks - 1])]
