"""A field's values on a lattice, filled in where they are needed."""

from typing import Protocol

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.shapes.field import Field, lattice_sampler
from latentmapper.shapes.lattice import Lattice
from latentmapper.shapes.mending import CELLS, Mending, neighbours, torn_points

NEAR = 0.7
"""A cell is split if a corner's distance is below NEAR times the way from corner to centre. At 1, no surface
of a true distance is lost even if it lies within a single cell. Surfaces are followed from cell to cell, so
less finds all that is wider than a cell: some cell that a sheet runs through has a corner closer to it."""

OUTSIDE = 1e-6
"""Least distance on the border of the lattice, so that a shape that reaches it is closed there."""

NO_SURFACE = "the field has no surface: it is nowhere negative, or nowhere positive"

CHUNK = 1 << 21
"""Points whose indices are held in memory at once."""

FACES = ((0, -1, 0x0F), (0, 1, 0xF0), (1, -1, 0x33), (1, 1, 0xCC), (2, -1, 0x55), (2, 1, 0xAA))
"""The six neighbours of a cell: axis, direction, and bits of the corners on the face between."""


class Solid(Protocol):
    """A solid in a corner of the lattice."""

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest corner (3,) of its bounding box, canonical frame."""
        ...

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """(n,) float32, negative inside, at points (n, 3), canonical frame."""
        ...


class LatticeValues:
    """Signed distances at some points of a lattice.

    Parameters
    ----------
    field : Field
    lattice : Lattice
    mending : Mending, optional
        What is taken away from the field's distances.
    """

    def __init__(self, field: Field, lattice: Lattice, mending: Mending | None = None):
        self.lattice = lattice
        self._mending = mending
        self._points = [np.empty(0, np.int64)]
        self._sample = lattice_sampler(field, lattice.axes)
        self._values = np.zeros(np.prod(lattice.shape), np.float32)
        self._known = np.zeros(len(self._values), bool)

    @property
    def evaluated(self) -> int:
        """Number of points filled in."""
        return sum(map(len, self._points))

    def evaluate(self, points: np.ndarray) -> None:
        """Fill in the points of these flat indices."""
        for start in range(0, len(points), CHUNK):
            chunk = points[start : start + CHUNK]
            values = self._sample(*self.lattice.unravel(chunk))
            if not np.isfinite(values).all():
                raise MeshError("the field is not finite: the pack or the code is damaged")
            self._values[chunk] = values
            self._adjust(chunk)
        self._known[points] = True
        self._points.append(points)

    def evaluate_unknown(self, points: np.ndarray) -> int:
        """Fill in those of the points that are not known yet; returns how many there were."""
        unknown = points[~self._known[points]]
        self.evaluate(unknown)
        return len(unknown)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Distances at flat indices of any shape; zero where unknown."""
        return self._values[points]

    def mend(self) -> Mending:
        """Look for torn parts near what is evaluated, and lower the distances there, now and from now on."""
        while True:
            points = np.concatenate(self._points)
            values = self._values[points]
            low = points[(values >= 0) & (values < CELLS * self.lattice.spacing)]
            low = np.sort(low[~self.lattice.on_border(*self.lattice.unravel(low))])
            if not self.evaluate_unknown(self.lattice.each_once(neighbours(self.lattice, low))):
                break
        mending = Mending(self.lattice, torn_points(self.lattice, low, self._values < 0))
        if len(mending.torn):
            self._mending = mending
            self._adjust(points)
        return mending

    def _adjust(self, points: np.ndarray) -> None:
        """Lower distances where the field is mended, and close what reaches the border of the lattice."""
        at = self.lattice.unravel(points)
        if self._mending and len(self._mending.torn):
            self._values[points] -= self._mending.at(self.lattice, *at)
        self._close(points, at)

    def _close(self, points: np.ndarray, at: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """Keep the border of the lattice outside; `at` are the indices of the points along its axes."""
        border = points[self.lattice.on_border(*at)]
        self._values[border] = np.maximum(self._values[border], OUTSIDE)

    def unite(self, solid: Solid) -> np.ndarray:
        """Add a solid, and its mirror image to a half, from now on; returns the cells that it may reach."""
        cells = self.lattice.cells_in(*solid.box)
        points = self.lattice.corners_of(cells)
        self.evaluate_unknown(points)
        at = self.lattice.unravel(points)
        places = np.stack([axis[index] for axis, index in zip(self.lattice.axes, at, strict=True)], axis=-1)
        values = solid.evaluate(places)
        if self.lattice.half:
            values = np.minimum(values, solid.evaluate(places * (-1, 1, 1)))
        self._values[points] = np.minimum(self._values[points], values)
        self._close(points, at)
        return cells

    def near_surface(self, cells: np.ndarray) -> np.ndarray:
        """(n,) bool: which cells may hold surface.

        No point of a cell is farther from a corner than the centre is, so where all corners are farther
        than that from the surface, on one side of it, there is none within. See `NEAR` for what is less.
        """
        margin = NEAR * np.sqrt(3) / 2 * self.lattice.spacing
        low = np.full(len(cells), np.inf, np.float32)
        high = -low
        for step in self.lattice.corner_steps:
            values = self._values[cells + step]
            np.minimum(low, values, out=low)
            np.maximum(high, values, out=high)
        return (low <= margin) & (high >= -margin)

    def follow_surface(self, cells: np.ndarray) -> np.ndarray:
        """Evaluate cells, and those that the surface in them leads to, until it leads nowhere new."""
        seen = np.zeros(len(self._values), bool)
        found = cells
        while len(cells):
            self.evaluate_unknown(self.lattice.corners_of(cells))
            seen[cells] = True
            cells = self._next_cells(cells, seen)
            found = np.concatenate([found, cells])
        return found

    def triangulate(self, cells: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Marching cubes over `cells`, or over all where None.

        Returns
        -------
        vertices : (v, 3) float32, in units of a cell from the point with index 0, 0, 0
        faces : (f, 3) int32, counter-clockwise seen from outside

        Raises
        ------
        MeshError
            If no surface runs through the cells.
        """
        from skimage.measure import marching_cubes

        values, mask, low = self._values.reshape(self.lattice.shape), None, np.zeros(3, np.float32)
        if cells is not None:
            if not len(cells):
                raise MeshError(NO_SURFACE)
            mask = np.zeros(self.lattice.shape, bool)
            mask.reshape(-1)[cells + self.lattice.corner_steps[-1]] = True
            # Marching cubes asks every cell for its mask: those beyond the shape take as long as the shape.
            box = self.lattice.box_around(cells)
            values, mask, low = values[box], mask[box], np.array([side.start for side in box], np.float32)
        try:
            vertices, faces, _, _ = marching_cubes(values, 0.0, mask=mask)
        except (ValueError, RuntimeError) as error:
            raise MeshError(NO_SURFACE) from error
        return vertices + low, faces.astype(np.int32)

    def _next_cells(self, cells: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Cells not yet seen that lie beyond a face which the surface in `cells` runs through."""
        signs = np.zeros(len(cells), np.uint8)
        for corner, step in enumerate(self.lattice.corner_steps):
            signs |= (self._values[cells + step] < 0).astype(np.uint8) << corner
        crossed = (signs != 0) & (signs != 0xFF)
        cells, signs = cells[crossed], signs[crossed]
        at = self.lattice.unravel(cells)
        beyond = []
        for axis, direction, bits in FACES:
            end = self.lattice.shape[axis] - 2 if direction > 0 else 0
            shared = signs & bits
            through = (shared != 0) & (shared != bits) & (at[axis] != end)
            beyond.append(cells[through] + direction * self.lattice.strides[axis])
        candidates = np.concatenate(beyond)
        return np.unique(candidates[~seen[candidates]])
