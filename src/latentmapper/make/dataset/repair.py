"""From a mesh as found to a mesh in the canonical frame, without what cannot be used."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import Shape

# Faces smaller than this share of the squared unit radius carry no surface, only trouble.
MIN_AREA = 1e-10


@dataclass(frozen=True)
class Normalised:
    """A mesh in the canonical frame; every face has an area and every vertex a face."""

    vertices: NDArray[np.float32]
    """(v, 3) canonical positions."""
    faces: NDArray[np.int32]
    """(f, 3) vertex indices."""
    materials: NDArray[np.uint8]
    """(f,) indices into `MATERIALS`."""


def normalise(shape: Shape) -> Normalised:
    """Move a shape into the canonical frame and drop its empty faces and unused vertices.

    Raises `MeshError` for a mesh without faces, with NaN or infinite vertices, with faces that name
    vertices it does not have, or without area.
    """
    vertices, faces = _checked(shape)
    materials = np.zeros(len(faces), np.uint8) if shape.materials is None else shape.materials
    vertices = to_canonical(vertices, faces)
    keep = face_areas(vertices, faces) > MIN_AREA
    if not keep.any():
        raise MeshError(f"{shape.id} has zero area")
    used, faces = np.unique(faces[keep], return_inverse=True)
    return Normalised(
        to_canonical(vertices[used]).astype(np.float32),
        faces.reshape(-1, 3).astype(np.int32),
        materials[keep],
    )


def to_canonical(vertices: NDArray, faces: NDArray | None = None) -> NDArray[np.float64]:
    """Centre the bounding box on the origin and put the farthest vertex at radius 1.

    Only vertices that `faces` use are measured, where given. A single point stays a single point.
    """
    vertices = vertices.astype(np.float64)
    measured = vertices if faces is None else vertices[faces.reshape(-1)]
    vertices = vertices - (measured.min(0) + measured.max(0)) / 2
    measured = vertices if faces is None else vertices[faces.reshape(-1)]
    radius = np.linalg.norm(measured, axis=1).max()
    return vertices / radius if radius > 0 else vertices


def once(vertices: NDArray, faces: NDArray) -> NDArray:
    """The faces (f, 3) of a mesh, each once where most occur more often, as in double-sided meshes.

    Whatever their order and direction, faces with the same corners are the same. A few that occur twice, such
    as those of signs on a wall, are left.
    """
    corners = np.unique(vertices, axis=0, return_inverse=True)[1].reshape(-1)
    same = np.sort(corners[faces], axis=1)
    _, first, counts = np.unique(same, axis=0, return_index=True, return_counts=True)
    return faces[np.sort(first)] if (counts > 1).mean() > 0.5 else faces


def face_areas(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Area of each face, (f,)."""
    return np.linalg.norm(face_crosses(vertices, faces), axis=1) / 2


def face_normals(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Unit normal of each face, (f, 3), by the right hand."""
    crosses = face_crosses(vertices, faces)
    return crosses / np.maximum(np.linalg.norm(crosses, axis=1, keepdims=True), 1e-30)


def face_crosses(vertices: NDArray, faces: NDArray) -> NDArray[np.float64]:
    """Cross product of two edges of each face, (f, 3): its normal times twice its area."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    return np.cross(b - a, c - a)


def _checked(shape: Shape) -> tuple[NDArray, NDArray]:
    vertices, faces = np.asarray(shape.vertices), np.asarray(shape.faces)
    if len(faces) == 0:
        raise MeshError(f"{shape.id} has no faces")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise MeshError(f"{shape.id} has faces that name vertices it does not have")
    if not np.isfinite(vertices[faces.reshape(-1)]).all():
        raise MeshError(f"{shape.id} has vertices that are NaN or infinite")
    return vertices, faces
