"""The triangle mesh that every part of the package hands to the next."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from latentmapper.errors import MeshError


class Triangles(Protocol):
    """Anything made of triangles: a `Mesh`, or the `Surface` that extraction returns."""

    @property
    def vertices(self) -> np.ndarray: ...

    @property
    def faces(self) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles with shared vertices; a face turns counter-clockwise seen from outside."""

    vertices: np.ndarray
    """(v, 3) float32, canonical frame unless said otherwise."""

    faces: np.ndarray
    """(f, 3) int32, indices into `vertices`."""

    @property
    def extent(self) -> np.ndarray:
        """(3,) size of the bounding box along x, y and z."""
        return np.ptp(self.vertices, axis=0)


def require_usable(mesh: Triangles) -> None:
    """Refuse a mesh that no later step could use.

    Raises
    ------
    MeshError
        If there are no faces, a vertex is not finite, a face names a vertex that does not exist, or the
        area is zero.
    """
    if len(mesh.faces) == 0:
        raise MeshError("the mesh has no faces")
    if not np.isfinite(mesh.vertices).all():
        raise MeshError("the mesh has vertices that are not finite (NaN or infinity)")
    if mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices):
        raise MeshError("the mesh has faces that name a vertex it does not have")
    if face_areas(mesh).sum() == 0:
        raise MeshError("the mesh has zero area")


def face_normals(mesh: Triangles) -> np.ndarray:
    """(f, 3) float64 normals whose length is twice the area of their face."""
    a, b, c = corners(mesh)
    return np.cross(b - a, c - a)


def face_areas(mesh: Triangles) -> np.ndarray:
    """(f,) float64 area of each face."""
    return np.linalg.norm(face_normals(mesh), axis=1) / 2


def face_volumes(mesh: Triangles) -> np.ndarray:
    """(f,) float64 signed volume of the tetrahedron between each face and the origin.

    Their sum over a closed surface is its volume, negative where the surface is inside out
    (the divergence theorem).
    """
    a, b, c = corners(mesh)
    return np.einsum("ij,ij->i", a, np.cross(b, c)) / 6


def corners(mesh: Triangles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three corners of every face, each (f, 3) float64."""
    a, b, c = mesh.vertices.astype(np.float64)[mesh.faces.T]
    return a, b, c


def compact(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """A mesh of these faces without the vertices that none of them uses, in their old order."""
    used = np.zeros(len(vertices), bool)
    used[faces] = True
    renumbered = np.cumsum(used, dtype=np.int32) - 1
    return Mesh(vertices[used].astype(np.float32), renumbered[faces].astype(np.int32))
