"""A shape as it is compared: points seen from outside, their normals, and the volume inside."""

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from latentmapper.make.dataset.voxels import occupied
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.visible import Points, unit_and_place, visible_samples
from latentmapper.shapes.mesh import Mesh, Triangles

Origin = tuple[str, str]
"""The collection that a mesh comes from, and its license."""


class Surface:
    """Points of one shape; what not every metric needs is made when it is first asked for.

    Parameters
    ----------
    points : (n, 3) float32, in random order, unit-radius frame.
    normals : (n, 3) float32 unit normals there, to either side.
    occupied : gives the cells of the protocol's lattice that are inside, (cells,) * 3 bool.
    mesh : what the points lie on, unit-radius frame; None where the points are all there is.
    centre, radius : of the mesh in the frame it came in, (3,) and a number.
    origin : of a mesh that was found rather than made.
    """

    def __init__(
        self,
        points: Points,
        normals: NDArray[np.float32],
        occupied: Callable[[], NDArray[np.bool_]],
        mesh: Mesh | None = None,
        centre: Points | None = None,
        radius: float = 1.0,
        origin: Origin | None = None,
    ) -> None:
        self.points, self.normals, self.mesh = points, normals, mesh
        self._centre, self._radius = np.zeros(3, np.float32) if centre is None else centre, radius
        self._occupied, self.origin = occupied, origin

    @classmethod
    def of(
        cls, mesh: Triangles, rules: Rules, seed: int, closed: bool, origin: Origin | None = None
    ) -> "Surface":
        """What the rules ask for of a mesh in any frame with the canonical axes.

        `closed` says that the mesh is watertight and oriented outwards. Raises `MeshError` for a mesh
        without faces, extent or area, or of which nothing is seen from outside.
        """
        unit, centre, radius = unit_and_place(mesh)
        samples = visible_samples(unit, rules.points, rules.viewpoints, seed)
        inside = partial(occupied, unit, rules.cells, closed, seed)
        return cls(samples.points, samples.normals, inside, unit, centre, radius, origin)

    @property
    def in_place(self) -> Points:
        """The points (n, 3) in the frame that the mesh came in."""
        return self.points * np.float32(self._radius) + self._centre

    @cached_property
    def tree(self) -> KDTree:
        """The points, indexed."""
        return KDTree(self.points)

    @cached_property
    def watertight(self) -> bool:
        """Whether every edge of the mesh belongs to two faces, which run along it in opposite directions."""
        return self.mesh is not None and self.mesh.twins is not None

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """(cells^3,) which cells of the lattice are inside."""
        return np.unpackbits(self._bits).astype(bool)

    @cached_property
    def _bits(self) -> NDArray[np.uint8]:
        """An eighth of the memory, for surfaces that are kept; the number of cells is a multiple of 64."""
        return np.packbits(self._occupied())
