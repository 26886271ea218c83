"""How far a shape is from its own mirror image."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

# The most that the median shape of a mirror-symmetric category may have, and any mesh of it. Among 251
# airplanes, those with a wheel missing reach 0.6; those with one wing swept or displaced begin at 0.86.
MOST = 0.7
COUNT = 5000


def asymmetry(points: NDArray) -> float:
    """How much farther a shape is from its mirror image in the plane X = 0 than from itself, times 1000.

    Chamfer distances (the sum of the two mean squared nearest-neighbour distances) between one half of the
    points and the other, mirrored or not: their difference does not depend on how many points there are.

    Parameters
    ----------
    points : (n, 3) points of the surface in random order, canonical frame; at most 10,000 are used
    """
    half = min(COUNT, len(points) // 2)
    first, second = points[:half], points[half : 2 * half]
    excess = _chamfer(first, second * np.array([-1, 1, 1])) - _chamfer(first, second)
    return max(0.0, 1000 * excess)


def _chamfer(first: NDArray, second: NDArray) -> float:
    there, _ = KDTree(second).query(first)
    back, _ = KDTree(first).query(second)
    return float(np.mean(there**2) + np.mean(back**2))


def is_symmetric(asymmetries: Sequence[float]) -> bool:
    """Whether a category is modelled with mirror symmetry: its median shape is nearly its mirror image."""
    return bool(len(asymmetries) and np.median(asymmetries) <= MOST)
