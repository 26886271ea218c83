"""Shading normals: smooth where the surface is smooth, sharp at creases."""

import numpy as np
from numpy.typing import NDArray

CROWD = 128
"""Faces at a vertex that are compared in pairs, whose number grows with the square. Where more of them meet
at sharp angles, as at the tip of a cone of many facets, each keeps its own normal."""


def face_normals(vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> NDArray[np.float32]:
    """(f, 3) cross products of the edges: directions, with length twice the area of each face."""
    corners = np.asarray(vertices, np.float32)[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def corner_normals(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], crease: float = 40.0
) -> NDArray[np.float32]:
    """A unit normal for each corner of each face, averaged over the faces that meet there.

    Faces that meet at more than `crease` degrees do not smooth each other. Vertices at one position
    count as one, and faces wound the wrong way round are turned for the average, so that unwelded
    and unoriented meshes come out smooth too.

    Parameters
    ----------
    vertices : (v, 3) any units
    faces : (f, 3) vertex indices

    Returns
    -------
    normals : (f, 3, 3) float32, one row a corner, on the side that the face itself points to
    """
    weighted = face_normals(vertices, faces)
    unit = _unit(weighted)
    vertex = _weld(np.asarray(vertices, np.float32))[faces]
    average = _unit(_sum_by(vertex.ravel(), np.repeat(weighted, 3, axis=0)))[vertex]
    # Where all faces lie within half the crease of their average, every pair lies within the crease.
    calm = np.einsum("fcd,fd->fc", average, unit) > np.cos(np.radians(crease / 2))
    lively = np.zeros(int(vertex.max()) + 1, bool)
    lively[vertex[~calm]] = True
    crowded = np.bincount(vertex.ravel()) > CROWD
    alone, corners = (np.flatnonzero((lively & at)[vertex.ravel()]) for at in (crowded, ~crowded))
    average.reshape(-1, 3)[alone] = unit[alone // 3]
    average.reshape(-1, 3)[corners] = _creased(vertex.ravel(), corners, weighted, unit, crease)
    return average


def _creased(
    vertex: NDArray[np.int64],
    corners: NDArray[np.int64],
    weighted: NDArray[np.float32],
    unit: NDArray[np.float32],
    crease: float,
) -> NDArray[np.float32]:
    """(len(corners), 3) normals of some corners by looking at every pair of faces that meets there."""
    rank, neighbour = _pairs(vertex[corners])
    own, other = corners[rank] // 3, corners[neighbour] // 3
    cosine = np.einsum("ij,ij->i", unit[own], unit[other])
    smooth = np.abs(cosine) > np.cos(np.radians(crease))
    turned = np.sign(cosine[smooth])[:, None] * weighted[other[smooth]]
    total = _sum_by(rank[smooth], turned, len(corners))
    degenerate = np.linalg.norm(total, axis=1, keepdims=True) < 1e-20
    return np.where(degenerate, unit[corners // 3], _unit(total))


def _sum_by(index: NDArray[np.int64], values: NDArray[np.float32], length: int = 0) -> NDArray[np.float32]:
    columns = [np.bincount(index, column, minlength=length) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-30)


def _weld(vertices: NDArray[np.float32]) -> NDArray[np.int64]:
    """(v,) the same index for all vertices at one position, to 1e-5 of the extent."""
    if not len(vertices):
        return np.zeros(0, np.int64)
    low, extent = vertices.min(axis=0), max(float(np.ptp(vertices, axis=0).max()), 1e-12)
    cell = np.round((vertices - low) / extent * 1e5).astype(np.int64)
    key = (cell[:, 0] * 100_003 + cell[:, 1]) * 100_003 + cell[:, 2]
    return np.unique(key, return_inverse=True)[1]


def _pairs(vertex: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All ordered pairs of corners at one vertex, by index into `vertex`, each with itself included."""
    order = np.argsort(vertex, kind="stable")
    count = np.bincount(vertex)
    start = np.cumsum(count) - count
    repeats = count[vertex[order]]
    corner = np.repeat(order, repeats)
    first = np.cumsum(repeats) - repeats
    within = np.arange(len(corner)) - np.repeat(first, repeats)
    return corner, order[np.repeat(start[vertex[order]], repeats) + within]
