"""How much of the volume of two shapes is common to both."""

import numpy as np
from numpy.typing import NDArray


def volume_iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Volume of the intersection over volume of the union of two shapes, 0 to 1.

    first, second : occupancies of the cells of one lattice, any shape. Two shapes without volume have 0.
    """
    return float((first & second).sum() / max((first | second).sum(), 1))
