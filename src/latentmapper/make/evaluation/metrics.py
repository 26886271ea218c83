"""How far a reconstruction is from the true shape, as told by the nearest points of two point sets.

All functions are symmetric in the two sets, but for the order of the arguments. Points lie in the unit-radius
frame; distances to the first power are given in percent of the radius, squared ones times 1000.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Points = NDArray[np.float32]
PERCENT = 100.0
"""Of the radius: the unit of distances to the first power."""
THOUSANDTHS = 1000.0
"""Of the squared radius: the unit of squared distances."""


@dataclass(frozen=True)
class Matches:
    """For every point of two sets, the nearest of the other set."""

    first: NDArray[np.float64]
    """(n,) Euclidean distance of each point of the first set to the second set."""
    second: NDArray[np.float64]
    """(m,) the same the other way."""
    of_first: NDArray[np.intp]
    """(n,) index of the nearest point in the second set."""
    of_second: NDArray[np.intp]
    """(m,) the same the other way."""


def match(first: KDTree, second: KDTree) -> Matches:
    """Nearest neighbours both ways between the points of two trees, (n, 3) and (m, 3)."""
    to_second, of_first = second.query(first.data)
    to_first, of_second = first.query(second.data)
    return Matches(np.asarray(to_second), np.asarray(to_first), np.asarray(of_first), np.asarray(of_second))


def chamfer(matches: Matches) -> float:
    """Chamfer distance: sum of the two mean squared nearest-neighbour distances, times 1000.

    Fan et al., "A point set generation network for 3D object reconstruction from a single image", 2017.
    """
    return THOUSANDTHS * float(np.mean(matches.first**2) + np.mean(matches.second**2))


def chamfer_l1(matches: Matches) -> float:
    """Chamfer-L1: half the sum of the two mean nearest-neighbour distances, in percent of the radius.

    Distances are Euclidean, to the first power; Mescheder et al., "Occupancy networks", 2019.
    """
    return PERCENT * float(np.mean(matches.first) + np.mean(matches.second)) / 2


def f_score(matches: Matches, threshold: float) -> float:
    """Harmonic mean of the shares of both sets that lie within `threshold` (radii) of the other, 0 to 1.

    Tatarchenko et al., "What do single-view 3D reconstruction networks learn?", 2019.
    """
    precision, recall = np.mean(matches.second <= threshold), np.mean(matches.first <= threshold)
    return float(2 * precision * recall / max(precision + recall, 1e-12))


def nearest_manhattan(matches: Matches, first: Points, second: Points) -> float:
    """Sum of the two mean Manhattan distances between nearest points, in percent of the radius.

    3D-LatentMapper reports it as Earth Mover's Distance (its section 4: "matching the nearest points across
    the sets of points and computing their sum of [...] Manhattan distances"). As points may be matched
    more than once, it is not one. Nearest is meant by Euclidean distance; first (n, 3), second (m, 3).
    """
    there = np.abs(first - second[matches.of_first]).sum(1)
    back = np.abs(second - first[matches.of_second]).sum(1)
    return PERCENT * float(there.mean() + back.mean())


def normal_consistency(matches: Matches, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Mean absolute cosine between unit normals of nearest points, averaged over both ways, 0 to 1.

    first (n, 3) and second (m, 3) are the normals of the matched points; which side they point to does not
    matter. Mescheder et al., "Occupancy networks", 2019.
    """
    there = np.abs(np.einsum("ij,ij->i", first, second[matches.of_first]))
    back = np.abs(np.einsum("ij,ij->i", second, first[matches.of_second]))
    return float(there.mean() + back.mean()) / 2


def chamfer_distance(first: Points, second: Points) -> float:
    """Chamfer distance, as in `chamfer`, of point sets (n, 3) and (m, 3)."""
    return chamfer(match(KDTree(first), KDTree(second)))
