"""Thin parts that a field knows of but has no inside for.

Where a learned field lays a wing or a fin between two blurred guesses, its distances fall almost to zero and
rise again without ever becoming negative, so marching cubes tears the part off. The field contradicts itself
there: a small distance means that surface is near, and none is. Lowering such points restores the part.
"""

import numpy as np

from latentmapper.shapes.lattice_values import LatticeValues

DISTANCE = 0.008
"""Distance below which a point without surface beside it belongs to a torn sheet, canonical units."""

FEWEST_CELLS, MOST_CELLS = 0.5, 0.9
"""The same in cells: a sheet between two lattice planes is half a cell from one of them, and surface farther
than a cell would not be beside the point."""

NEIGHBOURS = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]


def mend(values: LatticeValues) -> np.ndarray:
    """Lower the distances of torn sheets, and of the points beside them that join them to the rest.

    Parameters
    ----------
    values : LatticeValues
        Evaluated near the surface; evaluated further around torn sheets, and changed there.

    Returns
    -------
    (n,) flat indices of the points that were lowered
    """
    spacing = values.lattice.spacing
    distance = min(max(DISTANCE, FEWEST_CELLS * spacing), MOST_CELLS * spacing)
    low = _surroundings_known(values, distance)
    around = _neighbours(values, low)
    torn = (values.at(around) >= 0).all(axis=1)
    beside = np.zeros(np.prod(values.lattice.shape), bool)
    beside[around[torn]] = True
    chosen = low[beside[low]]
    values.lower(chosen, distance)
    return chosen


def _surroundings_known(values: LatticeValues, distance: float) -> np.ndarray:
    """Inner points with 0 <= value < distance, all of whose neighbours are evaluated."""
    while True:
        low = values.between(0.0, distance)
        low = low[~values.lattice.on_border(*values.lattice.unravel(low))]
        around = np.unique(_neighbours(values, low))
        if not values.evaluate_unknown(around):
            return low


def _neighbours(values: LatticeValues, points: np.ndarray) -> np.ndarray:
    """(n, 27) points around points, themselves included; on the mirror plane of a half, those of one side."""
    x, _, _ = values.lattice.unravel(points)
    steps = np.array(NEIGHBOURS)
    steps_x = np.maximum(steps[:, 0], -x[:, None])
    return points[:, None] + steps_x * values.lattice.strides[0] + steps[:, 1:] @ values.lattice.strides[1:]
