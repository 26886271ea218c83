"""The points of a mesh that can be seen from outside.

Meshes found in the world have interiors, reconstructions have none; comparing only what some outside
viewpoint sees makes both comparable. True meshes and reconstructions pass through the same functions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.rays import OFFSET, Occluder, fibonacci_sphere
from latentmapper.shapes.mesh import (
    Mesh,
    Triangles,
    compact,
    corners,
    face_areas,
    face_normals,
    require_usable,
)

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Samples:
    """Points of a surface."""

    points: Points
    """(n, 3) in the frame of the mesh."""
    normals: NDArray[np.float32]
    """(n, 3) unit normals of their faces, by the right hand; found meshes may face either way."""


def visible_points(mesh: Triangles, count: int, viewpoints: int, seed: int) -> Points:
    """Points of the surface that are seen from outside, uniform by area, in the unit-radius frame.

    Parameters
    ----------
    mesh : in any frame with the canonical axes.
    count : points wanted.
    viewpoints : directions, evenly over the sphere, from which a point may be seen.

    Returns
    -------
    points : (count, 3) float32.

    Raises
    ------
    MeshError : no faces, extent or area, or nothing of it is seen.
    """
    return visible_samples(unit_radius(mesh), count, viewpoints, seed).points


def visible_samples(mesh: Triangles, count: int, viewpoints: int, seed: int) -> Samples:
    """Points (count, 3) as `visible_points` gives them, in the mesh's own frame, and their normals."""
    rng = np.random.default_rng(seed)
    kept: list[Samples] = []
    for _ in range(20):
        drawn = sample_surface(mesh, count, rng)
        seen = seen_from_outside(mesh, drawn.points, viewpoints)
        kept.append(Samples(drawn.points[seen], drawn.normals[seen]))
        if sum(len(part.points) for part in kept) >= count:
            points, normals = ([getattr(part, name) for part in kept] for name in ("points", "normals"))
            return Samples(np.concatenate(points)[:count], np.concatenate(normals)[:count])
    raise MeshError("hardly any of the mesh's surface is seen from outside")


def unit_radius(mesh: Triangles) -> Mesh:
    """The mesh moved and scaled: bounding box centred, farthest vertex at radius 1.

    Vertices that no face uses do not count. Raises `MeshError` for a mesh that cannot be used.
    """
    return unit_and_place(mesh)[0]


def unit_and_place(mesh: Triangles) -> tuple[Mesh, Points, float]:
    """The same, and where it was: the middle (3,) of its bounding box and its radius, in its own frame."""
    require_usable(mesh)
    used = compact(mesh.vertices, mesh.faces)
    centre = (used.vertices.min(0) + used.vertices.max(0)) / 2
    centred = used.vertices - centre
    radius = np.linalg.norm(centred, axis=1).max()
    return Mesh(centred / radius, used.faces), centre, float(radius)


def sample_surface(mesh: Triangles, count: int, rng: np.random.Generator) -> Samples:
    """Points (count, 3) on the faces, uniform by area; Osada et al., "Shape distributions", 2002."""
    areas, normals = face_areas(mesh), face_normals(mesh)
    chosen = rng.choice(len(areas), count, p=areas / areas.sum())
    a, b, c = (corner[chosen] for corner in corners(mesh))
    root, along = np.sqrt(rng.random((count, 1))), rng.random((count, 1))
    points = (1 - root) * a + root * ((1 - along) * b + along * c)
    return Samples(
        points.astype(np.float32), (normals[chosen] / (2 * areas[chosen, None])).astype(np.float32)
    )


def seen_from_outside(mesh: Triangles, points: Points, viewpoints: int) -> NDArray[np.bool_]:
    """Which surface points (n, 3) see the open along at least one of the directions: (n,) bool."""
    occluder = Occluder(mesh.vertices, mesh.faces)
    seen = np.zeros(len(points), bool)
    for direction in _far_apart_first(fibonacci_sphere(viewpoints)):
        hidden = np.flatnonzero(~seen)
        if len(hidden) == 0:
            break
        origins = points[hidden] + OFFSET * direction
        seen[hidden[occluder.escapes(origins, np.broadcast_to(direction, origins.shape))]] = True
    return seen


def _far_apart_first(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same vectors in an order whose every beginning is spread widely, so that most points end early."""
    step = max(1, round(len(vectors) * 0.382))
    while np.gcd(step, len(vectors)) != 1:
        step += 1
    return vectors[np.arange(len(vectors)) * step % len(vectors)]
