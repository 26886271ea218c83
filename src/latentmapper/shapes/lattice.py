"""The regular lattice of points on which a field is evaluated."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

BOUND = 1.03
"""Half the side of the lattice, canonical frame: a little beyond the unit sphere that holds every shape."""

CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)])
"""(8, 3) offsets from a cell's lowest corner to its corners; corner number = 4 x + 2 y + z."""


@dataclass(frozen=True)
class Lattice:
    """`cells`^3 cubes over [-1.03, 1.03]^3, or the half of them with x >= 0.

    Points and cells share one numbering: the flat index of a point in an array of `shape`, and that of a
    cell's lowest corner.
    """

    cells: int
    """Cells along each axis; even, so that x = 0 is a plane of points."""

    half: bool
    """Whether only x >= 0 is covered, for fields that are mirror images of themselves."""

    @property
    def spacing(self) -> float:
        """Side of a cell, canonical frame."""
        return 2 * BOUND / self.cells

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of points along x, y and z."""
        points = self.cells + 1
        return (self.cells // 2 + 1 if self.half else points), points, points

    @property
    def origin(self) -> np.ndarray:
        """(3,) float64 position of the point with index 0, 0, 0."""
        return np.array([0.0 if self.half else -BOUND, -BOUND, -BOUND])

    @cached_property
    def strides(self) -> np.ndarray:
        """(3,) steps of the flat index along x, y and z."""
        return np.array([self.shape[1] * self.shape[2], self.shape[2], 1])

    @cached_property
    def corner_steps(self) -> np.ndarray:
        """(8,) steps of the flat index from a cell's lowest corner to its corners."""
        return CORNERS @ self.strides

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coordinates of the points along x, y and z, float64, canonical frame.

        The formula gives the very same numbers for a point that a lattice shares with one twice as fine.
        """
        whole = BOUND * (2 * np.arange(self.cells + 1) / self.cells - 1)
        return whole[-self.shape[0] :], whole, whole

    def unravel(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Indices along x, y and z of flat indices (n,)."""
        ij, k = np.divmod(index, self.shape[2])
        i, j = np.divmod(ij, self.shape[1])
        return i, j, k

    def all_cells(self) -> np.ndarray:
        """Flat indices of every cell, ascending."""
        x, y, z = (np.arange(points - 1) for points in self.shape)
        return (x[:, None, None] * self.strides[0] + y[:, None] * self.strides[1] + z).ravel()

    def corners_of(self, cells: np.ndarray) -> np.ndarray:
        """Flat indices of the points that are corners of `cells`, each once, ascending."""
        return self.each_once(*(cells + step for step in self.corner_steps))

    def each_once(self, *indices: np.ndarray) -> np.ndarray:
        """The flat indices in arrays of any shape, each once, ascending; faster than sorting for many."""
        wanted = np.zeros(np.prod(self.shape), bool)
        for index in indices:
            wanted[index] = True
        return np.flatnonzero(wanted)

    def cells_around(self, points: np.ndarray) -> np.ndarray:
        """Flat indices of the cells that have one of `points` as a corner, each once, ascending."""
        index = np.stack(self.unravel(points), axis=-1)
        lowest = (index[:, None] - CORNERS).reshape(-1, 3)
        within = ((lowest >= 0) & (lowest < np.array(self.shape) - 1)).all(axis=1)
        return np.unique(lowest[within] @ self.strides)

    def cells_in(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Flat indices of cells that a box (canonical frame), or its mirror image on a half, reaches into."""
        if self.half:
            far = max(-low[0], high[0])
            low, high = np.array([max(low[0], -high[0], 0), *low[1:]]), np.array([far, *high[1:]])
        last = np.array(self.shape) - 2
        ends = ((corner - self.origin) / self.spacing for corner in (low, high))
        first, final = (np.clip(np.floor(end).astype(int), 0, last) for end in ends)
        x, y, z = (np.arange(a, b + 1) for a, b in zip(first, final, strict=True))
        return (x[:, None, None] * self.strides[0] + y[:, None] * self.strides[1] + z).ravel()

    def box_around(self, cells: np.ndarray) -> tuple[slice, ...]:
        """The points along x, y and z between which all of `cells` lie, at least one."""
        return tuple(slice(axis.min(), axis.max() + 2) for axis in self.unravel(cells))

    def octants(self, cells: np.ndarray) -> tuple["Lattice", np.ndarray]:
        """The lattice twice as fine, and the eight cells of it inside each of `cells`, (8 n,)."""
        fine = Lattice(self.cells * 2, self.half)
        lowest = 2 * np.stack(self.unravel(cells), axis=-1) @ fine.strides
        return fine, (lowest[:, None] + fine.corner_steps).ravel()

    def on_border(self, i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Which points lie on the outside of the lattice; the mirror plane of a half is not outside."""
        x, y, z = (points - 1 for points in self.shape)
        low = (j == 0) | (k == 0)
        if not self.half:
            low |= i == 0
        return low | (i == x) | (j == y) | (k == z)
