"""Similarity alignment: how two shapes compare once place, size and orientation are taken out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

STARTS = (0, 90, 180, 270)
"""Turns about the vertical from which alignment starts, degrees."""
ROUNDS = 100
"""Most iterations from each start."""
POINTS = 1000
"""Of each set, that the iterations look at."""
SETTLED = 1e-6
"""Iterations end where the mean squared distance shrinks by less than this share."""


@dataclass(frozen=True)
class Similarity:
    """x -> scale * rotation @ x + shift."""

    scale: float
    rotation: NDArray[np.float64]
    """(3, 3), proper."""
    shift: NDArray[np.float64]
    """(3,)"""

    def __call__(self, points: NDArray) -> NDArray[np.float32]:
        """The points (n, 3), moved."""
        return (self.scale * points @ self.rotation.T + self.shift).astype(np.float32)

    def back(self, points: NDArray) -> NDArray[np.float64]:
        """Where points (n, 3) come from."""
        return (points - self.shift) @ self.rotation / self.scale


IDENTITY = Similarity(1.0, np.eye(3), np.zeros(3))


def umeyama(source: NDArray, target: NDArray) -> Similarity:
    """The similarity that brings each of `source` (n, 3) closest, in least squares, to its own of `target`.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.

    Raises
    ------
    ValueError : the source is a single place.
    """
    middle, goal = source.mean(0, dtype=np.float64), target.mean(0, dtype=np.float64)
    centred = source - middle
    variance = (centred**2).sum()
    if variance == 0:
        raise ValueError("points that are all in one place have no size or orientation")
    left, strengths, right = np.linalg.svd((target - goal).T @ centred)
    proper = np.array([1, 1, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    rotation = left * proper @ right
    scale = float((strengths * proper).sum() / variance)
    return Similarity(scale, rotation, goal - scale * rotation @ middle)


def align(source: NDArray, target: NDArray) -> Similarity:
    """The similarity that brings the point set `source` (n, 3) closest to `target` (m, 3).

    Iterated closest points (Besl and McKay, 1992) with scale, from upright starts in four directions and from
    the sets as they are. Pairs are taken both ways, since one way alone would shrink the source to a
    point. The best of all by Chamfer distance is returned, so that it is never worse than no alignment.
    A source that is a single place stays where it is.
    """
    if not source.std(0).any():
        return IDENTITY
    few, goal = source[:POINTS], target[:POINTS]
    tree, goal_tree = KDTree(few), KDTree(goal)
    found = [_iterate(_turned(few, goal, degrees), tree, goal_tree) for degrees in STARTS]
    whole, goal_whole = KDTree(source), KDTree(target)
    return min([IDENTITY, *found], key=lambda each: _error(each, whole, goal_whole))


def _turned(source: NDArray, target: NDArray, degrees: float) -> Similarity:
    """A start: turned about the vertical, then moved and scaled to the target's middle and spread."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    rotation = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    scale = float(target.std(0).sum() / source.std(0).sum())
    return Similarity(scale, rotation, target.mean(0) - scale * rotation @ source.mean(0))


def _iterate(similarity: Similarity, tree: KDTree, goal: KDTree) -> Similarity:
    before, (_, pairs) = np.inf, _nearest(similarity, tree, goal)
    for _ in range(ROUNDS):
        similarity = umeyama(*pairs)
        error, pairs = _nearest(similarity, tree, goal)
        if error > (1 - SETTLED) * before:
            break
        before = error
    return similarity


def _error(similarity: Similarity, tree: KDTree, goal: KDTree) -> float:
    """Sum of the two mean squared nearest-neighbour distances, in the target's frame."""
    return _nearest(similarity, tree, goal)[0]


def _nearest(similarity: Similarity, tree: KDTree, goal: KDTree) -> tuple[float, tuple[NDArray, NDArray]]:
    """The error, and nearest pairs both ways, (n + m, 3) each: source points as they were, and target points.

    Both come from the same searches, which take most of the time.
    """
    points, targets = np.asarray(tree.data), np.asarray(goal.data)
    far, there = goal.query(similarity(points))
    away, back = tree.query(similarity.back(targets))
    error = float(np.mean(far**2) + np.mean((similarity.scale * away) ** 2))
    return error, (np.concatenate([points, points[back]]), np.concatenate([targets[there], targets]))
