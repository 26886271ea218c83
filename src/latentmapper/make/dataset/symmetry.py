"""How far a shape is from its own mirror image."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

# A category whose median asymmetry is below this is modelled with mirror symmetry. Two samplings of one
# symmetric shape differ by 0.3 to 0.8, a car whose one mirror is missing by little more.
SYMMETRIC_BELOW = 2.0
COUNT = 5000


def asymmetry(points: NDArray) -> float:
    """Chamfer distance between a shape and its mirror image in the plane X = 0, times 1000.

    The sum of the two mean squared nearest-neighbour distances between one half of the points and the mirror
    image of the other.

    Parameters
    ----------
    points : (n, 3) points of the surface in random order, canonical frame; at most 10,000 are used
    """
    half = min(COUNT, len(points) // 2)
    first, second = points[:half], points[half : 2 * half] * np.array([-1, 1, 1])
    there, _ = cKDTree(second).query(first)
    back, _ = cKDTree(first).query(second)
    return float(1000 * (np.mean(there**2) + np.mean(back**2)))


def is_symmetric(asymmetries: Sequence[float]) -> bool:
    """Whether a category is modelled with mirror symmetry: its median shape is nearly its mirror image."""
    return bool(np.median(asymmetries) < SYMMETRIC_BELOW)
