"""Meshes small enough to be part of a page: decimated, quantised, as base64."""

from base64 import b64encode

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.report.blocks import Model
from latentmapper.render.normals import corner_normals
from latentmapper.shapes.mesh import Mesh, compact, face_areas

FACES = 4000
"""Of one mesh."""
STEPS, MOST = 30000, 32767
"""Steps of positions from the origin to 1, and how far they go; decimation moves some vertices outwards."""
CARE = 5
"""Of fast-simplification: with its default of 7 a few faces turn over."""
TURNS = 127
"""Of the components of normals."""


def model(title: str, mesh: Mesh) -> Model:
    """A mesh in the unit-radius frame as a page holds it.

    Corners that share place and normal, both as stored, become one vertex, so that creases stay sharp.
    """
    few = fewer(mesh, FACES)
    normals = corner_normals(few.vertices, few.faces).reshape(-1, 3)
    places = np.round(few.vertices[few.faces.ravel()].astype(np.float64) * STEPS).clip(-MOST, MOST)
    corners = np.concatenate([places, np.round(normals * TURNS)], axis=1).astype(np.int16)
    vertices, index = np.unique(corners, axis=0, return_inverse=True)
    padded = np.zeros((len(vertices), 4), np.int8)
    padded[:, :3] = vertices[:, 3:]
    return Model(
        title,
        _base64(vertices[:, :3].astype("<i2")),
        _base64(padded),
        _base64(index.reshape(-1).astype("<u2")),
    )


def fewer(mesh: Mesh, budget: int) -> Mesh:
    """At most about so many faces, by quadric edge collapse; meshes need not be closed."""
    if len(mesh.faces) <= budget:
        return mesh
    from fast_simplification import simplify

    vertices, faces = simplify(mesh.vertices, mesh.faces, target_count=budget, agg=CARE)[:2]
    if len(faces) > 5 * budget:  # unwelded meshes do not collapse: the largest faces are what is seen
        faces = faces[np.argsort(-face_areas(Mesh(vertices, faces)), kind="stable")[: 5 * budget]]
    return compact(np.asarray(vertices), np.asarray(faces))


def _base64(array: NDArray) -> str:
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()
