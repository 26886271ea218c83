"""Signed distances and rays by looking at every triangle: the yardstick for libigl's and Embree's trees.

Plain NumPy in float64, in blocks that fit into memory.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

PAIRS = 1 << 17
"""Pairs of a point or ray and a triangle that are looked at together."""
Array = NDArray[np.float64]


def signed_distances(points: NDArray, corners: NDArray) -> Array:
    """Signed distance, (n,), negative inside, of points (n, 3) to a closed mesh of triangles (f, 3, 3)."""
    corners = np.asarray(corners, np.float64)

    def of(points: Array) -> Array:
        distance = np.sqrt(squared_distances(points, corners).min(axis=1))
        return np.where(solid_angles(points, corners).sum(axis=1) > 2 * np.pi, -distance, distance)

    return _in_blocks(of, len(corners), points)


def first_depths(origins: NDArray, directions: NDArray, corners: NDArray) -> Array:
    """How far rays (n, 3) of length 1 go to the first of triangles (f, 3, 3), (n,); inf: to none."""
    corners = np.asarray(corners, np.float64)

    def of(origins: Array, directions: Array) -> Array:
        return depths(origins, directions, corners).min(axis=1)

    return _in_blocks(of, len(corners), origins, directions)


def squared_distances(points: Array, corners: Array) -> Array:
    """(n, f) from points (n, 3) to triangles (f, 3, 3): to the plane above a triangle, else to its sides."""
    first, second, third = corners.swapaxes(0, 1)
    normals = np.cross(second - first, third - first)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    above, sides = np.ones((len(points), len(corners)), bool), np.full((len(points), len(corners)), np.inf)
    for start, end in ((first, second), (second, third), (third, first)):
        edge, away = end - start, points[:, None] - start
        above &= _dot(away, np.cross(normals, edge)) >= 0
        along = np.clip(_dot(away, edge) / _dot(edge, edge), 0, 1)
        rest = away - along[..., None] * edge
        sides = np.minimum(sides, _dot(rest, rest))
    return np.where(above, _dot(points[:, None] - first, normals) ** 2, sides)


def solid_angles(points: Array, corners: Array) -> Array:
    """(n, f) solid angles of triangles (f, 3, 3) at points (n, 3): of a closed mesh they add up to 4 pi
    inside and to 0 outside (Van Oosterom and Strackee 1983)."""
    a, b, c = (corners[:, i] - points[:, None] for i in range(3))
    x, y, z = (np.sqrt(_dot(each, each)) for each in (a, b, c))
    below = x * y * z + _dot(a, b) * z + _dot(b, c) * x + _dot(c, a) * y
    return 2 * np.arctan2(_dot(a, np.cross(b, c)), below)


def depths(origins: Array, directions: Array, corners: Array) -> Array:
    """(n, f) how far rays (n, 3) go to triangles (f, 3, 3), inf past them (Möller and Trumbore 1997)."""
    first, one, other = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(directions[:, None], other)
    away = origins[:, None] - first
    q = np.cross(away, one)
    with np.errstate(divide="ignore", invalid="ignore"):  # rays along a triangle's plane miss it
        scale = 1 / _dot(p, one)
        u, v, depth = _dot(away, p) * scale, _dot(directions[:, None], q) * scale, _dot(q, other) * scale
        return np.where((u >= 0) & (v >= 0) & (u + v <= 1) & (depth > 0), depth, np.inf)


def _dot(one: Array, other: Array) -> Array:
    return np.einsum("...d,...d", one, other)


def _in_blocks(work: Callable[..., Array], triangles: int, *rows: NDArray) -> Array:
    """`work` on some of the rows at a time, results one after the other."""
    step = max(1, PAIRS // triangles)
    doubles = [np.asarray(each, np.float64) for each in rows]
    parts = [work(*(e[i : i + step] for e in doubles)) for i in range(0, len(doubles[0]), step)]
    return np.concatenate(parts)
