"""Parts that belong to the body but lost their hold on it: engines, wheels, wings with a torn root."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from latentmapper.shapes.components import Pieces
from latentmapper.shapes.lattice import CORNERS

SHARE = 0.004
"""Least share of the whole area that a part worth keeping has; what is smaller is a floating bit."""

FARTHEST = 0.15
"""Widest gap, canonical units, across which a part is taken to belong to the body."""

MOST = 16
"""Parts that are considered, the largest first."""

REACH = 1.0
"""How far beyond the gap a strut takes hold, in cells."""

THICK, ROUND = 1.1, 0.1
"""How far a strut reaches around its middle, and around all else that it holds, in cells. Neither is a whole
number: faces that run through points of the lattice make triangles without an area."""


@dataclass(frozen=True, eq=False)
class Strut:
    """The convex hull of points (n, 3), canonical frame."""

    points: np.ndarray

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest corner (3,) of its bounding box."""
        return self.points.min(axis=0), self.points.max(axis=0)

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """(n,) float32 at points (n, 3): negative inside, outside no more than the distance."""
        normals, offsets = self._planes
        return (points @ normals.T + offsets).max(axis=1).astype(np.float32)

    @cached_property
    def _planes(self) -> tuple[np.ndarray, np.ndarray]:
        """Outward unit normals (p, 3) of the planes around it, and what they add (p,) to the products."""
        from scipy.spatial import ConvexHull

        planes = ConvexHull(self.points.astype(np.float64)).equations
        return planes[:, :3], planes[:, 3]


def struts(pieces: Pieces, cell: float) -> list[Strut]:
    """What hangs lost parts on the body, each the hull of the vertices that two surfaces turn to each other.

    Parts are taken in the order of their gaps, to the body or to a part that already hangs on it. Gaps are
    measured between vertices, which suits the even triangles of marching cubes.

    Parameters
    ----------
    cell : side of a cell of their lattice, canonical units.
    """
    parts = {number: pieces.take(number).vertices for number in _candidates(pieces)}
    gaps = {number: (np.inf, np.empty((0, 3))) for number in parts}
    found, newest = [], pieces.take(pieces.body).vertices
    while parts:
        for number, part in parts.items():
            # A part is small and the body is large: most of it is nowhere near.
            anchor = newest[_within(newest, part, FARTHEST)]
            gap = _nearest(part, anchor)[0].min()
            gaps[number] = min(gaps[number], (gap, anchor), key=lambda each: each[0])
        number = min(parts, key=lambda each: gaps[each][0])
        gap, anchor = gaps[number]
        if gap > FARTHEST:
            break
        newest = parts.pop(number)
        found.append(_strut(newest, anchor, gap + REACH * cell, cell))
    return found


def _candidates(pieces: Pieces) -> list[int]:
    """Pieces beside the body that are solid and large enough, the largest area first."""
    worthy = (pieces.volumes > 0) & (pieces.areas >= SHARE * pieces.areas.sum())
    worthy[pieces.body] = False
    order = np.argsort(-pieces.areas, kind="stable")
    return [int(number) for number in order if worthy[number]][:MOST]


def _strut(one: np.ndarray, other: np.ndarray, reach: float, cell: float) -> Strut:
    """Between the vertices of two pieces, (n, 3) and (m, 3), that are within reach of the other piece.

    It holds for certain. In its middle, from a vertex of one piece to one of the other, it is thicker than a
    cell: both ends of the lattice edges that cross those vertices are inside, the ends in the pieces too, and
    between them runs a path of neighbouring lattice points.
    """
    one, other = one[_nearest(one, other)[0] <= reach], other[_nearest(other, one)[0] <= reach]
    middle = one[_nearest(np.concatenate([one, other]).mean(axis=0), one)[1]]
    core = np.stack([middle, other[_nearest(middle, other)[1]]])
    held = np.concatenate([one, other])
    return Strut(np.concatenate([_cubes(core, THICK * cell), _cubes(held, ROUND * cell)]))


def _cubes(centres: np.ndarray, half: float) -> np.ndarray:
    """(8 n, 3) corners of cubes around points (n, 3), of half a side each."""
    return (centres[:, None] + half * (2 * CORNERS - 1)).reshape(-1, 3)


def _nearest(points: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances of points (n, 3) to the nearest of others, infinite if there are none, and its numbers."""
    from scipy.spatial import KDTree

    distances, numbers = KDTree(others).query(points)
    return np.asarray(distances), np.asarray(numbers)


def _within(points: np.ndarray, others: np.ndarray, margin: float) -> np.ndarray:
    """(n,) bool: which points lie in the bounding box of others, or not farther from it than a margin."""
    low, high = others.min(axis=0) - margin, others.max(axis=0) + margin
    # Axis by axis: reductions along rows of three take NumPy several times as long.
    inside = [(points[:, axis] >= low[axis]) & (points[:, axis] <= high[axis]) for axis in range(3)]
    return inside[0] & inside[1] & inside[2]
