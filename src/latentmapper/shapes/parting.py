"""Vertices of one place moved apart: files without numbers for vertices (STL), and readers that go by their
places alone, make one vertex of them, and of two edges one with four faces."""

import numpy as np

from latentmapper.shapes.mesh import Mesh

SHARE = 0.01
"""How far such a vertex moves, in ways to the middle of those that it has edges with."""


def parted(mesh: Mesh) -> Mesh:
    """A mesh in which no two vertices are at one place: each moves a little way into the surface around it.

    Where a surface only touches itself, that draws its two sides apart. A mesh without such vertices is
    returned as it is.
    """
    together = _together(mesh.vertices)
    if not together.any():
        return mesh
    vertices = mesh.vertices.astype(np.float64)
    vertices[together] += SHARE * (_middles(mesh)[together] - vertices[together])
    return Mesh(vertices.astype(np.float32), mesh.faces)


def _together(vertices: np.ndarray) -> np.ndarray:
    """(v,) bool: which vertices (v, 3) are at the place of another one."""
    order = np.lexsort(vertices.T)
    same = (vertices[order[1:]] == vertices[order[:-1]]).all(axis=1)
    found = np.zeros(len(vertices), bool)
    found[order[1:][same]] = found[order[:-1][same]] = True
    return found


def _middles(mesh: Mesh) -> np.ndarray:
    """(v, 3) float64 mean of the vertices that each has edges with, of a closed mesh."""
    # There every edge leads once from either of its ends.
    start, end = mesh.faces.ravel(), np.roll(mesh.faces, -1, axis=1).ravel()
    count = np.bincount(start, minlength=len(mesh.vertices)).clip(1)
    sums = [np.bincount(start, axis[end], len(count)) for axis in mesh.vertices.T.astype(np.float64)]
    return np.stack(sums, axis=1) / count[:, None]
