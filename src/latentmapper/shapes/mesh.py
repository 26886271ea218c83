"""The triangle mesh that every part of the package hands to the next."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.shapes.topology import edge_twins, face_pieces, vertex_pieces


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

    @cached_property
    def twins(self) -> np.ndarray | None:
        """(3 f,) the opposite of every directed edge, or None if the mesh is not closed: see `edge_twins`."""
        return edge_twins(self.faces)

    @cached_property
    def pieces(self) -> np.ndarray:
        """(f,) piece of each face, numbered from 0; connected across edges (by vertices if not closed)."""
        if self.twins is not None:
            return face_pieces(self.twins)
        return vertex_pieces(self.faces, len(self.vertices))

    @cached_property
    def measures(self) -> tuple[np.ndarray, np.ndarray]:
        """Areas and signed volumes (f,) of the faces: see `face_measures`."""
        return face_measures(self)


def as_mesh(triangles: Triangles) -> Mesh:
    """These triangles as a mesh, which keeps what was found out about it."""
    return triangles if isinstance(triangles, Mesh) else Mesh(triangles.vertices, triangles.faces)


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
    if not as_mesh(mesh).measures[0].any():
        raise MeshError("the mesh has zero area")


def face_normals(mesh: Triangles) -> np.ndarray:
    """(f, 3) float64 normals whose length is twice the area of their face."""
    columns = np.ascontiguousarray(mesh.vertices.T, np.float64)
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (columns[:, corner] for corner in mesh.faces.T)
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    return np.stack([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], axis=-1)


def face_areas(mesh: Triangles) -> np.ndarray:
    """(f,) float64 area of each face."""
    return face_measures(mesh)[0]


def face_measures(mesh: Triangles) -> tuple[np.ndarray, np.ndarray]:
    """Area of each face, and signed volume of the tetrahedron between it and the origin, both (f,) float64.

    The volumes of a closed surface add up to what it encloses (the divergence theorem), negative where it
    is inside out.
    """
    normals = face_normals(mesh)
    first = mesh.vertices[mesh.faces[:, 0]]
    return np.sqrt(np.einsum("ij,ij->i", normals, normals)) / 2, np.einsum("ij,ij->i", first, normals) / 6


def vertex_normals(mesh: Triangles) -> np.ndarray:
    """(v, 3) float32 unit normals: those of the faces around a vertex, weighted by their area."""
    weighted, count = face_normals(mesh), len(mesh.vertices)
    around = mesh.faces.ravel()
    total = np.stack([np.bincount(around, np.repeat(axis, 3), count) for axis in weighted.T], axis=-1)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    up = np.broadcast_to([0.0, 1.0, 0.0], total.shape)
    return np.where(length > 0, total / np.where(length > 0, length, 1), up).astype(np.float32)


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
