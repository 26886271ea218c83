"""Solids with exact signed distances, and a triplane with random smooth features."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from latentmapper.shapes.field import TriplaneField
from latentmapper.shapes.mesh import Mesh, Triangles

Distance = Callable[[np.ndarray], np.ndarray]
ROUNDING = 1e-6
"""How far vertices of one surface may lie apart in two ways of finding it, canonical frame."""


@dataclass(frozen=True)
class Solid:
    """A field given by a function of points (n, 3)."""

    distance: Distance
    symmetric: bool = False

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(self.distance(points.astype(np.float64)), np.float32)


def ball(radius: float, center: tuple[float, float, float] = (0, 0, 0)) -> Distance:
    return lambda points: np.linalg.norm(points - np.array(center), axis=1) - radius


def torus(ring: float, tube: float) -> Distance:
    return lambda points: np.hypot(np.hypot(points[:, 0], points[:, 2]) - ring, points[:, 1]) - tube


def slab(half_sides: tuple[float, float, float], center: tuple[float, float, float] = (0, 0, 0)) -> Distance:
    def distance(points: np.ndarray) -> np.ndarray:
        x, y, z = (np.abs(points - np.array(center)) - np.array(half_sides)).T
        inside = np.maximum(np.maximum(x, y), z)
        return np.sqrt(x.clip(0) ** 2 + y.clip(0) ** 2 + z.clip(0) ** 2) + inside.clip(None, 0)

    return distance


def union(*parts: Distance) -> Distance:
    return lambda points: np.min([part(points) for part in parts], axis=0)


def airframe() -> Distance:
    """A fuselage with thin wings, a thin fin and two nacelles that only thin pylons carry."""
    return union(
        slab((0.08, 0.08, 0.8)),
        slab((0.7, 0.005, 0.12), (0, 0.001, 0.1)),
        slab((0.005, 0.15, 0.1), (0, 0.2, -0.7)),
        ball(0.05, (0.4, -0.12, 0.1)),
        ball(0.05, (-0.4, -0.12, 0.1)),
        slab((0.41, 0.06, 0.02), (0, -0.05, 0.1)),
    )


def clamped(distance: Distance, limit: float = 0.1) -> Distance:
    """Distances as fields are trained: true near the surface, flat beyond."""
    return lambda points: np.clip(distance(points), -limit, limit)


def random_triplane(
    seed: int = 0, texels: int = 9, channels: int = 4, hidden: int = 16, symmetric: bool = True
) -> TriplaneField:
    """A field without meaning, rough enough to have surface all over."""
    planes, weights = random_parameters(seed, texels, channels, hidden)
    return TriplaneField(planes, weights, symmetric)


def random_parameters(seed: int = 0, texels: int = 9, channels: int = 4, hidden: int = 16):
    """Planes (3, C, R, R) and layers [(W, b)] of a random triplane."""
    random = np.random.default_rng(seed)
    planes = random.normal(size=(3, channels, texels, texels)).astype(np.float32)
    sizes = [3 * channels, hidden, hidden, 1]
    weights = [
        (
            random.normal(scale=1.2 / inputs**0.5, size=(outputs, inputs)).astype(np.float32),
            random.normal(scale=0.1, size=outputs).astype(np.float32),
        )
        for inputs, outputs in pairwise(sizes)
    ]
    return planes, weights


def box_mesh(half_sides: tuple[float, float, float] = (0.2, 0.1, 0.9)) -> Mesh:
    """A closed box of twelve triangles."""
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))]
    return Mesh(signs * np.array(half_sides, np.float32), np.array(faces, np.int32))


def joined(*meshes: Triangles) -> Mesh:
    """Several meshes as one, side by side."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]
    return Mesh(np.concatenate([mesh.vertices for mesh in meshes]), np.concatenate(faces).astype(np.int32))


def assert_same_surface(one: Triangles, other: Triangles) -> None:
    """Same vertices, to rounding, and the same triangles between them wherever x >= 0.

    At x < 0 a mirrored half may cut a quadrangle along its other diagonal. Vertices of one place, where the
    field is zero at a lattice point, count as one.
    """
    from scipy.spatial import KDTree

    assert len(one.vertices) == len(other.vertices)
    assert len(one.faces) == len(other.faces)
    tree, place = KDTree(one.vertices), np.arange(len(one.vertices))
    for first, second in sorted(tree.query_pairs(ROUNDING)):
        place[second] = place[first]
    distance, same = map(np.asarray, tree.query(other.vertices))
    assert distance.max() < ROUNDING
    assert set(place[same]) == set(place)
    left, right = (_triangles(place[faces], one.vertices) for faces in (one.faces, same[other.faces]))
    assert left == right


def _triangles(faces: np.ndarray, vertices: np.ndarray) -> set[tuple[int, ...]]:
    """Triangles with an area at x >= 0, each turned so that its smallest index comes first."""
    flat = (faces == np.roll(faces, 1, axis=1)).any(axis=1)
    kept = faces[(vertices[faces][:, :, 0] >= 0).all(axis=1) & ~flat]
    turn = (kept.argmin(axis=1)[:, None] + np.arange(3)) % 3
    return set(map(tuple, np.take_along_axis(kept, turn, axis=1).tolist()))
