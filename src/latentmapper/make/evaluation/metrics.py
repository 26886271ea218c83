"""How far a reconstruction is from the true shape: Chamfer distance and F-score between point sets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """The two distances of one reconstruction from its truth."""

    chamfer: float
    """Sum of the two mean squared nearest-neighbour distances, times 1000; unit-radius frame."""
    f_score: float
    """Harmonic mean of precision and recall at the protocol's threshold, 0 to 1."""


class Target:
    """The true points of one shape, indexed once and compared with many reconstructions.

    points : (n, 3) float32, seen from outside, unit-radius frame.
    """

    def __init__(self, points: Points) -> None:
        self.points = points
        self._tree = KDTree(points)

    def score(self, points: Points, threshold: float) -> Score:
        """Chamfer distance and F-score of reconstructed points (m, 3), same frame.

        The F-score follows Tatarchenko et al., "What do single-view 3D reconstruction networks learn?", 2019.
        """
        to_truth = self._tree.query(points)[0]
        to_points = KDTree(points).query(self.points)[0]
        chamfer = np.mean(to_truth**2) + np.mean(to_points**2)
        precision, recall = np.mean(to_truth <= threshold), np.mean(to_points <= threshold)
        f_score = 2 * precision * recall / max(precision + recall, 1e-12)
        return Score(float(1000 * chamfer), float(f_score))


def chamfer_distance(first: Points, second: Points) -> float:
    """Sum of the two mean squared nearest-neighbour distances of point sets (n, 3) and (m, 3), times 1000."""
    return Target(first).score(second, threshold=0.0).chamfer
