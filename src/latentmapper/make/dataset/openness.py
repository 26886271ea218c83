"""Which faces of a mesh belong to its outside, and which way they face: those that see much of the sky."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.needles import cut_needles
from latentmapper.make.dataset.rays import OFFSET, Occluder, fibonacci_sphere
from latentmapper.make.dataset.repair import face_areas, face_normals
from latentmapper.make.dataset.sampling import within_faces

# Directions of the sky, without the steep ones from below: an open floor must not leak.
STEEPEST = np.radians(-45)
DIRECTIONS = fibonacci_sphere(80)
DIRECTIONS = DIRECTIONS[DIRECTIONS[:, 1] > np.sin(STEEPEST)]
# A side belongs to the outside where this share of its sky is open; what is in a cabin sees less.
OPEN = 0.3
# A face is a single sheet where its darker side sees this share of what the other sees.
BOTH = 0.6
# The inner side of a wall, this thin or thinner, is a lining where its sky is this many times smaller.
WALL, DIMMER = 0.06, 2.2
# Faces are cut until no edge is longer, so that one half may be outside and the other hidden.
LONGEST_EDGE = 0.1
SAMPLES = 12_000
# Points whose rays are cast at once, 4 kB each: those of a scan of millions of faces would fill the memory.
AT_ONCE = 50_000


@dataclass(frozen=True)
class Faces:
    """Some faces of a mesh, turned outwards."""

    vertices: NDArray[np.float64]
    """(v, 3), canonical frame."""
    faces: NDArray[np.int64]
    """(f, 3), counter-clockwise seen from outside."""
    sheet: NDArray[np.bool_]
    """(f,) faces that are outside on both sides and so enclose nothing."""


def outer_faces(vertices: NDArray, faces: NDArray, rng: np.random.Generator) -> Faces:
    """The faces that see much of the sky on one side, cut small and turned to that side; linings left out."""
    from trimesh.remesh import subdivide_to_size

    across = cut_needles(vertices.astype(np.float64), faces, LONGEST_EDGE)
    cut = subdivide_to_size(*across, LONGEST_EDGE, max_iter=20)
    vertices, faces = np.asarray(cut[0]), np.asarray(cut[1])
    occluder = Occluder(vertices, faces)
    sky = openness(vertices, faces, occluder, rng)
    faces, sky = turned(faces, sky), np.sort(sky, axis=1)[:, ::-1]
    outer = (sky[:, 0] > OPEN) & ~_linings(vertices, faces, sky, occluder)
    return Faces(vertices, faces[outer].astype(np.int64), sky[outer, 1] > BOTH * sky[outer, 0])


def _linings(vertices: NDArray, faces: NDArray, sky: NDArray, occluder: Occluder) -> NDArray[np.bool_]:
    """Which turned faces are the inner side of a wall whose outer side sees far more of the sky, (f,)."""
    normals = face_normals(vertices, faces)
    hit, depth = occluder.first(vertices[faces].mean(axis=1) - OFFSET * normals, -normals)
    away = np.einsum("ij,ij->i", normals, normals[hit]) < 0
    beyond = np.where(away, sky[hit, 0], sky[hit, 1])
    return (depth < WALL) & (beyond > DIMMER * sky[:, 0])


def turned(faces: NDArray, sky: NDArray) -> NDArray:
    """Faces (f, 3) turned so that their front is the side that sees more of the `sky` (f, 2)."""
    return np.where((sky[:, 1] > sky[:, 0])[:, None], faces[:, ::-1], faces)


def openness(vertices: NDArray, faces: NDArray, occluder: Occluder, rng: np.random.Generator) -> NDArray:
    """Share of the sky (weighted by the cosine) that each face sees, (f, 2): in front of it and behind it."""
    areas = face_areas(vertices, faces)
    counts = np.ceil(areas / areas.sum() * SAMPLES).astype(int).clip(min=1)
    owners = np.repeat(np.arange(len(faces)), counts)
    points, normals = within_faces(vertices, faces[owners], rng), face_normals(vertices, faces)[owners]
    slices = [slice(start, start + AT_ONCE) for start in range(0, len(points), AT_ONCE)]
    shares = np.concatenate([point_openness(points[some], normals[some], occluder) for some in slices])
    return np.stack([np.bincount(owners, side, len(faces)) / counts for side in shares.T], axis=1)


def point_openness(points: NDArray, normals: NDArray, occluder: Occluder) -> NDArray[np.float64]:
    """Share of the sky that points (n, 3) of a surface see, (n, 2): along their normals, and against them."""
    points, normals = points.astype(np.float32), normals.astype(np.float32)
    cosines = normals @ DIRECTIONS.T.astype(np.float32)
    origins = points[:, None, :] + OFFSET * np.sign(cosines)[..., None] * normals[:, None, :]
    rays = np.broadcast_to(DIRECTIONS, origins.shape)
    open_ = occluder.escapes(origins.reshape(-1, 3), rays.reshape(-1, 3)).reshape(cosines.shape)
    weights = [np.maximum(cosines, 0), np.maximum(-cosines, 0)]
    return np.stack([(weight * open_).sum(axis=1) / weight.sum(axis=1) for weight in weights], axis=1)
