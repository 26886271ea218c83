"""Thin parts that a field knows of but has no inside for.

Where a learned field lays a wing or a fin between two blurred guesses, its distances fall almost to zero and
rise again without ever becoming negative, so marching cubes tears the part off. The field contradicts itself
there: a small distance means that surface is near, and none is. Lowering the distances around such points
restores the part, and lowering them smoothly leaves no steps.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from latentmapper.shapes.lattice import CORNERS, Lattice

CELLS = 0.5
"""Distance, in cells, below which a point without surface beside it is torn: a sheet between two planes of
points is half a cell from one of them. It is also how far distances are lowered."""

FINE = 256
"""Cells along an axis from which on mending looks at every other point: what fields tear is about 0.01 thick
whatever the lattice."""

SPREAD = 2
"""Points around a torn one, in each direction, that are lowered with it."""

NEIGHBOURS = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)])
"""(27, 3) steps from a point to those around it, itself included."""


def is_mended(lattice: Lattice, finest: int) -> bool:
    """Whether this is the lattice on which a surface with `finest` cells along an axis is mended."""
    return lattice.cells == (finest // 2 if finest >= FINE else finest)


@dataclass(frozen=True, eq=False)
class Mending:
    """By how much the distances of a field are lowered, and where."""

    lattice: Lattice
    """Lattice of the torn points."""

    torn: np.ndarray
    """(n,) flat indices of the torn points."""

    @cached_property
    def _box(self) -> tuple[slice, ...]:
        """The points along x, y and z beyond which nothing is lowered."""
        index = np.stack(self.lattice.unravel(self.torn))
        low, high = index.min(axis=1) - 3 * SPREAD, index.max(axis=1) + 3 * SPREAD + 1
        return tuple(slice(max(0, a), b) for a, b in zip(low.tolist(), high.tolist(), strict=True))

    @cached_property
    def amounts(self) -> np.ndarray:
        """Distances to take away at the points of the lattice, an array of its shape: a box-blurred box."""
        from scipy.ndimage import convolve1d, maximum_filter

        amounts = np.zeros(self.lattice.shape, np.float32)
        if len(self.torn) == 0:
            return amounts
        amounts.reshape(-1)[self.torn] = 1
        box, width = self._box, 2 * SPREAD + 1
        # A mirrored edge is right at x = 0, and nothing reaches the other edges of the box.
        share = maximum_filter(amounts[box], width, mode="mirror")
        for axis in range(3):
            share = convolve1d(share, np.ones(width), axis, mode="mirror")
        amounts[box] = share * (CELLS * self.lattice.spacing / width**3)
        return amounts

    def at(self, lattice: Lattice, i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
        """(n,) float32 amounts at points of the same lattice or, interpolated, of one twice as fine."""
        if lattice == self.lattice:
            return self.amounts[i, j, k]
        found = np.zeros(len(i), np.float32)
        at = zip((i, j, k), self._box, strict=True)
        near = np.logical_and.reduce([(n >= 2 * box.start - 1) & (n < 2 * box.stop) for n, box in at])
        i, j, k = i[near], j[near], k[near]
        total = np.zeros(len(i), np.float32)
        for x, y, z in CORNERS:
            total += self.amounts[(i + x) // 2, (j + y) // 2, (k + z) // 2]
        found[near] = total / 8
        return found


def torn_points(lattice: Lattice, low: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Those of the points `low` that have no point inside among the 26 around them.

    Parameters
    ----------
    lattice : Lattice
    low : (n,) flat indices of points outside the solid, none on the border of the lattice
    inside : (points,) bool, which points of the lattice are inside
    """
    return low[~inside[neighbours(lattice, low)].any(axis=1)]


def neighbours(lattice: Lattice, points: np.ndarray) -> np.ndarray:
    """(n, 27) points around points, themselves included; on the mirror plane of a half, those of one side."""
    x, _, _ = lattice.unravel(points)
    steps_x = np.maximum(NEIGHBOURS[:, 0], -x[:, None])
    return points[:, None] + steps_x * lattice.strides[0] + NEIGHBOURS[:, 1:] @ lattice.strides[1:]
