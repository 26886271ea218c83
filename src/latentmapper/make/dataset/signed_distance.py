"""Signed distance to a solid: the sign from what winds around it, the size from what bounds it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.sampling import on_faces


class Solid:
    """Signed distance to a solid that is wound around by some faces and bounded by others.

    The sign is the generalised winding number (Jacobson et al. 2013) in its fast form (Barill et al. 2018).
    """

    def __init__(self, winding: "Winding", boundary: "Boundary") -> None:
        import igl

        self._winding = winding
        self._boundary = boundary
        self._tree = igl.AABB()
        self._tree.init(boundary.vertices, boundary.faces)

    def distance(self, points: NDArray) -> NDArray[np.float32]:
        """Signed distance, (n,) float32, negative inside, at `points` (n, 3); canonical frame."""
        points = np.ascontiguousarray(points, np.float64)
        squared, nearest, _ = self._tree.squared_distance(
            self._boundary.vertices, self._boundary.faces, points
        )
        distance = np.sqrt(np.asarray(squared)).reshape(-1)
        signed = np.where(self._winding.inside(points), -distance, distance)
        return (signed - self._boundary.thicken[np.asarray(nearest).reshape(-1)]).astype(np.float32)

    def surface(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Random points, (count, 3), of the faces that bound the solid, by area."""
        return on_faces(self._boundary.vertices, self._boundary.faces, count, rng)[0]


class Winding:
    """The fast winding number of a set of oriented faces."""

    def __init__(self, vertices: NDArray, faces: NDArray) -> None:
        import igl

        vertices, faces = np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.int64)
        self._tree = igl.FastWindingNumberBVH() if len(faces) else None
        if self._tree is not None:
            self._tree.init(vertices, faces, 2)

    def __call__(self, points: NDArray) -> NDArray[np.float64]:
        """Winding number at `points` (n, 3), (n,): 1 inside, 0 outside, smooth across openings."""
        if self._tree is None:
            return np.zeros(len(points))
        points = np.ascontiguousarray(points, np.float64)
        return np.asarray(self._tree.winding_number(points, 2.0)).reshape(-1)

    def inside(self, points: NDArray) -> NDArray[np.bool_]:
        """Whether each of `points` (n, 3) is more inside than outside, (n,)."""
        return self(points) > 0.5


@dataclass(frozen=True)
class Boundary:
    """The faces to which distances are measured."""

    vertices: NDArray[np.float64]
    """(v, 3), canonical frame."""
    faces: NDArray[np.int64]
    """(f, 3)."""
    thicken: NDArray[np.float64]
    """(f,) how much closer than it is each face counts, so that thin parts have a body."""


def boundary_of(vertices: NDArray, faces: NDArray, thicken: NDArray) -> Boundary:
    """A boundary with arrays as the distance queries want them."""
    vertices, faces = np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.int64)
    return Boundary(vertices, faces, thicken)
