"""Where distances are measured: densely near the surface, thinly in the space around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.rays import OFFSET, Occluder, fibonacci_sphere
from latentmapper.make.dataset.repair import face_areas, face_normals

# (share of the samples, standard deviation of their offset from the surface in canonical units)
BANDS = ((0.35, 0.005), (0.30, 0.02), (0.20, 0.06))
# The remaining samples fill the cube [-BOX, BOX]^3 that fields cover.
BOX = 1.03
# Eyes outside, well above any part of the unit ball; a point is seen where one of them sees it.
VIEWPOINTS = 3.0 * fibonacci_sphere(100)
ROUNDS = 8


@dataclass(frozen=True)
class SurfacePoints:
    """Points on a mesh with the unit normals of the sides that they are seen from."""

    points: NDArray[np.float64]
    """(n, 3), canonical frame."""
    normals: NDArray[np.float64]
    """(n, 3), unit length, on the side of the viewer."""


def on_faces(
    vertices: NDArray, faces: NDArray, count: int, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Area-weighted random points on a mesh.

    Returns
    -------
    points : (count, 3) float64
    owners : (count,) the face of each
    """
    areas = face_areas(vertices, faces)
    owners = rng.choice(len(faces), count, p=areas / areas.sum())
    return within_faces(vertices, faces[owners], rng), owners


def within_faces(vertices: NDArray, faces: NDArray, rng: np.random.Generator) -> NDArray[np.float64]:
    """One uniformly random point in each of `faces` (n, 3), (n, 3) (Osada et al. 2002)."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    u, v = np.sqrt(rng.random((len(faces), 1))), rng.random((len(faces), 1))
    return (1 - u) * a + u * (1 - v) * b + u * v * c


def seen_points(
    vertices: NDArray, faces: NDArray, occluder: Occluder, count: int, rng: np.random.Generator
) -> SurfacePoints:
    """Exactly `count` random points of a mesh that some viewpoint around it sees.

    Points are drawn by area and kept where seen. A mesh that hides most of itself may run short after
    `ROUNDS` draws; the rest are then repeats. Raises `MeshError` where nothing is seen at all.
    """
    all_normals = face_normals(vertices, faces)
    points, normals, found = [], [], 0
    for _ in range(ROUNDS):
        drawn, owners = on_faces(vertices, faces, 2 * count, rng)
        side = seen_side(drawn, all_normals[owners], occluder)
        seen = side != 0
        points.append(drawn[seen])
        normals.append(all_normals[owners[seen]] * side[seen, None])
        found += int(seen.sum())
        if found >= count:
            break
    if found == 0:
        raise MeshError("no part of the mesh is seen from outside")
    chosen = np.arange(count) if found >= count else rng.integers(found, size=count)
    return SurfacePoints(np.concatenate(points)[chosen], np.concatenate(normals)[chosen])


def seen_side(points: NDArray, normals: NDArray, occluder: Occluder) -> NDArray[np.int8]:
    """Which side of its face each point is seen from: 1 along the normal, -1 against it, 0 not seen."""
    side = np.zeros(len(points), np.int8)
    for eye in VIEWPOINTS:
        open_ = np.flatnonzero(side == 0)
        if len(open_) == 0:
            break
        rays = eye - points[open_]
        facing = np.sign(np.einsum("ij,ij->i", rays, normals[open_]))
        origins = points[open_] + OFFSET * facing[:, None] * normals[open_]
        escaped = occluder.escapes(origins, rays / np.linalg.norm(rays, axis=1, keepdims=True))
        side[open_[escaped]] = facing[escaped]
    return side


def sample_points(surface: NDArray, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Points to measure distances at: bands of Gaussian offsets from the surface, and the cube around.

    Parameters
    ----------
    surface : (m, 3) points of the surface, canonical frame

    Returns
    -------
    points : (count, 3) float32, shuffled, so that any slice of them is a fair draw
    """
    parts = []
    for share, sigma in BANDS:
        base = surface[rng.integers(len(surface), size=round(share * count))]
        parts.append(base + rng.normal(0, sigma, base.shape))
    rest = count - sum(map(len, parts))
    parts.append(rng.uniform(-BOX, BOX, (rest, 3)))
    points = np.clip(np.concatenate(parts), -BOX, BOX)
    return rng.permutation(points).astype(np.float32)
