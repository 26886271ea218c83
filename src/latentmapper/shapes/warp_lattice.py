"""A smooth warp, evaluated at the points of a coarse lattice and interpolated between them."""

from collections.abc import Callable

import numpy as np

from latentmapper.shapes.lattice import CORNERS
from latentmapper.shapes.trilinear import between, locate, strides

SLOPE = 1.5
"""How much faster than a true distance a field may change and still no cell with surface is missed."""
Warp = Callable[[np.ndarray], np.ndarray]
"""Points (n, 3) float32 to where they lie on the template (n, 3), network units."""
Distance = Callable[[np.ndarray], np.ndarray]
"""Points (n, 3) of the template to about their distances (n,), network units."""


class WarpLattice:
    """The warp of one code over [-1, 1]^3, evaluated where it is asked for and kept.

    In cells that surface may run through the warp is compared, at the centre, with what is interpolated
    there: trilinear values of a smooth function err most at the centre. The difference is the cell's error.

    Parameters
    ----------
    cells : along each axis.
    warp : evaluates the warp exactly.
    distance : tells which cells surface may run through.
    """

    def __init__(self, cells: int, warp: Warp, distance: Distance) -> None:
        self._cells, self._warp, self._distance = cells, warp, distance
        self._shape = (cells + 1,) * 3
        self._corners = CORNERS @ strides(self._shape)
        count = int(np.prod(self._shape))
        self._warped = np.zeros((count, 3), np.float32)
        self._distances = np.full(count, np.nan, np.float32)
        self._errors = np.full(count, np.nan, np.float32)

    def interpolate(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """About where points lie on the template.

        Parameters
        ----------
        points : (n, 3) float32, network units

        Returns
        -------
        warped : (n, 3) float32, network units
        errors : (n,) float32, of each one's cell; 0 where no surface is near
        """
        cells, parts = locate((points.astype(np.float64) + 1) / 2 * self._cells, self._shape)
        used = np.zeros(len(self._errors), bool)
        used[cells] = True
        self._learn(np.flatnonzero(used & np.isnan(self._errors)))
        return between(self._warped, cells, parts, self._shape), self._errors[cells]

    def _learn(self, cells: np.ndarray) -> None:
        """Evaluate the corners of cells, and the errors of those that surface may run through."""
        needed = np.zeros(len(self._errors), bool)
        corners = cells[:, None] + self._corners
        needed[corners] = True
        new = np.flatnonzero(needed & np.isnan(self._distances))
        self._warped[new] = self._warp(self._points(new))
        self._distances[new] = self._distance(self._warped[new])
        self._errors[cells] = 0
        margin = SLOPE * np.sqrt(3) / self._cells
        around = self._distances[corners]
        near = (around.min(axis=1) <= margin) & (around.max(axis=1) >= -margin)
        centres = self._points(cells[near]) + np.float32(1 / self._cells)
        expected = self._warped[corners[near]].mean(axis=1)
        self._errors[cells[near]] = np.linalg.norm(self._warp(centres) - expected, axis=1)

    def _points(self, nodes: np.ndarray) -> np.ndarray:
        """(n, 3) float32 network units of lattice points given by their flat indices."""
        index = np.stack(np.unravel_index(nodes, self._shape), axis=-1)
        return (2 * index / self._cells - 1).astype(np.float32)
