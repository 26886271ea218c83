"""The solid that a mesh stands for: what hardly any outside ray reaches is inside."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.openness import Faces, outer_faces
from latentmapper.make.dataset.rays import OFFSET, Occluder
from latentmapper.make.dataset.repair import face_normals, once
from latentmapper.make.dataset.signed_distance import Boundary, Solid, Winding, boundary_of

# Half the thickness that a single-sided sheet, or anything thinner, is given (canonical units).
SHEET = 0.01
# A face is buried where the winding number of the others is at least this; 0.5 is that of a closed surface.
BURIED = 0.75
# Spacing of the lattice on which surfaces over openings are found, and how far from any face they are kept.
SPACING, GAP = 0.03, 0.022


def watertight_solid(vertices: NDArray, faces: NDArray) -> Solid:
    """The solid of a mesh that is closed and oriented outwards: no visibility is looked at."""
    winding = Winding(vertices, faces)
    return Solid(winding, boundary_of(vertices, faces, np.zeros(len(faces))))


def visible_solid(vertices: NDArray, faces: NDArray, rng: np.random.Generator) -> Solid:
    """The solid of any mesh: parts may overlap, gape, hide others, or face the wrong way.

    Faces are turned towards the side that sees more of the sky, and those that see little of it are dropped:
    linings, seats, anything in a cabin or under an open floor. What is left winds around the solid, whose
    openings the winding number closes flat. Raises `MeshError` where nothing is left.
    """
    faces = once(vertices, faces)  # wound around twice, every face would be buried in its copy
    outer = outer_faces(vertices, faces, rng)
    if len(outer.faces) == 0:
        raise MeshError("no face of the mesh is open to the outside")
    outer = _unburied(outer)
    winding = _winding_of(outer)
    return Solid(winding, _with_openings(winding, _bounding(winding, outer)))


def _winding_of(outer: Faces) -> Winding:
    return Winding(outer.vertices, outer.faces[~outer.sheet])


def _unburied(outer: Faces) -> Faces:
    """Drop the faces that the others wind around, such as the top of a seat that is seen through a window.

    Where the winding number steps from 0 to 1 across a face, the others contribute 0.5.
    """
    winding = _winding_of(outer)

    def buried(points: NDArray, normals: NDArray) -> NDArray[np.bool_]:
        step = 10 * OFFSET * normals
        return winding(points + step) + winding(points - step) >= 2 * BURIED

    keep = ~_throughout(outer, buried)
    return Faces(outer.vertices, outer.faces[keep], outer.sheet[keep])


def _throughout(outer: Faces, test: Callable[[NDArray, NDArray], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Which faces pass a test of (points, normals) in the middle and near each corner, (f,)."""
    normals, corners = face_normals(outer.vertices, outer.faces), outer.vertices[outer.faces]
    middle = corners.mean(axis=1)
    passed = test(middle, normals)
    for corner in range(3):
        left = np.flatnonzero(passed)
        passed[left] = test(0.2 * middle[left] + 0.8 * corners[left, corner], normals[left])
    return passed


def _bounding(winding: Winding, outer: Faces) -> Boundary:
    """The outer faces that have outside before them, thin parts and single sheets thickened."""
    bounding = ~_throughout(outer, lambda points, front: winding.inside(points + 10 * OFFSET * front))
    if not bounding.any():
        raise MeshError("no face of the mesh bounds a body")
    normals = face_normals(outer.vertices, outer.faces)
    centres = outer.vertices[outer.faces].mean(axis=1)
    thicken = np.where(outer.sheet, SHEET, 0.0)
    thin = np.flatnonzero(bounding & ~outer.sheet & ~winding.inside(centres - 2 * SHEET * normals))
    occluder = Occluder(outer.vertices, outer.faces)
    _, depth = occluder.first(centres[thin] - OFFSET * normals[thin], -normals[thin])
    # Nothing behind a thin face within a sheet's thickness: it is a single sheet after all.
    thicken[thin] = SHEET - np.where(depth < 2 * SHEET, depth / 2, 0)
    return boundary_of(outer.vertices, outer.faces[bounding], thicken[bounding])


def _with_openings(winding: Winding, boundary: Boundary) -> Boundary:
    """Add the surfaces by which the winding number closes openings: its level set far from any face."""
    import igl
    from skimage.measure import marching_cubes

    low, high = boundary.vertices.min(0) - 2 * SPACING, boundary.vertices.max(0) + 2 * SPACING
    axes = [np.arange(a, b + SPACING, SPACING) for a, b in zip(low, high, strict=True)]
    lattice = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = winding(lattice.reshape(-1, 3)).reshape(lattice.shape[:3])
    if not values.min() < 0.5 < values.max():
        return boundary
    vertices, faces, _, _ = marching_cubes(values, 0.5, spacing=(SPACING,) * 3)
    vertices = vertices + low
    squared, _, _ = igl.point_mesh_squared_distance(
        vertices[faces].mean(axis=1).astype(np.float64), boundary.vertices, boundary.faces
    )
    far = np.sqrt(np.asarray(squared)).reshape(-1) > GAP
    return boundary_of(
        np.concatenate([boundary.vertices, vertices]),
        np.concatenate([boundary.faces, faces[far] + len(boundary.vertices)]),
        np.concatenate([boundary.thicken, np.zeros(int(far.sum()))]),
    )
