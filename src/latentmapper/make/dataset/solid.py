"""The solid that a mesh stands for: what hardly any outside ray reaches is inside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.openness import Faces, outer_faces
from latentmapper.make.dataset.rays import OFFSET, Occluder
from latentmapper.make.dataset.repair import face_normals
from latentmapper.make.dataset.sampling import on_faces

# Half the thickness that a single-sided sheet, or anything thinner, is given (canonical units).
SHEET = 0.01
# Spacing of the lattice on which surfaces over openings are found, and how far from any face they are kept.
SPACING, GAP = 0.03, 0.022


class Solid:
    """Signed distance to a solid that is wound around by some faces and bounded by others.

    The sign is the generalised winding number (Jacobson et al. 2013) in its fast form (Barill et al. 2018).
    """

    def __init__(self, winding: "Winding", boundary: "Boundary") -> None:
        import igl

        self._winding = winding
        self._boundary = boundary
        self._tree = igl.AABB()
        self._tree.init(boundary.vertices, boundary.faces)

    def distance(self, points: NDArray) -> NDArray[np.float32]:
        """Signed distance, (n,) float32, negative inside, at `points` (n, 3); canonical frame."""
        points = np.ascontiguousarray(points, np.float64)
        squared, nearest, _ = self._tree.squared_distance(
            self._boundary.vertices, self._boundary.faces, points
        )
        distance = np.sqrt(np.asarray(squared)).reshape(-1)
        signed = np.where(self._winding.inside(points), -distance, distance)
        return (signed - self._boundary.thicken[np.asarray(nearest).reshape(-1)]).astype(np.float32)

    def surface(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Random points, (count, 3), of the faces that bound the solid, by area."""
        return on_faces(self._boundary.vertices, self._boundary.faces, count, rng)[0]


class Winding:
    """The fast winding number of a set of oriented faces."""

    def __init__(self, vertices: NDArray, faces: NDArray) -> None:
        import igl

        vertices, faces = np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.int64)
        self._tree = igl.FastWindingNumberBVH() if len(faces) else None
        if self._tree is not None:
            self._tree.init(vertices, faces, 2)

    def __call__(self, points: NDArray) -> NDArray[np.float64]:
        """Winding number at `points` (n, 3), (n,): 1 inside, 0 outside, smooth across openings."""
        if self._tree is None:
            return np.zeros(len(points))
        points = np.ascontiguousarray(points, np.float64)
        return np.asarray(self._tree.winding_number(points, 2.0)).reshape(-1)

    def inside(self, points: NDArray) -> NDArray[np.bool_]:
        """Whether each of `points` (n, 3) is more inside than outside, (n,)."""
        return self(points) > 0.5


@dataclass(frozen=True)
class Boundary:
    """The faces to which distances are measured."""

    vertices: NDArray[np.float64]
    """(v, 3), canonical frame."""
    faces: NDArray[np.int64]
    """(f, 3)."""
    thicken: NDArray[np.float64]
    """(f,) how much closer than it is each face counts, so that thin parts have a body."""


def watertight_solid(vertices: NDArray, faces: NDArray, rng: np.random.Generator | None = None) -> Solid:
    """The solid of a mesh that is closed and oriented outwards: no visibility is looked at."""
    winding = Winding(vertices, faces)
    return Solid(winding, _boundary(vertices, faces, np.zeros(len(faces))))


def visible_solid(vertices: NDArray, faces: NDArray, rng: np.random.Generator) -> Solid:
    """The solid of any mesh: parts may overlap, gape, hide others, or face the wrong way.

    Faces are turned towards the side that sees more of the sky, and those that see little of it are dropped:
    linings, seats, anything in a cabin or under an open floor. What is left winds around the solid, whose
    openings the winding number closes flat. Raises `MeshError` where nothing is left.
    """
    outer = outer_faces(vertices, faces, rng)
    if len(outer.faces) == 0:
        raise MeshError("no face of the mesh is open to the outside")
    winding = Winding(outer.vertices, outer.faces[~outer.sheet])
    return Solid(winding, _with_openings(winding, _bounding(winding, outer)))


def _bounding(winding: Winding, outer: Faces) -> Boundary:
    """The outer faces that have outside before them, thin parts and single sheets thickened."""
    normals = face_normals(outer.vertices, outer.faces)
    centres = outer.vertices[outer.faces].mean(axis=1)
    bounding = ~winding.inside(centres + 10 * OFFSET * normals)
    if not bounding.any():
        raise MeshError("no face of the mesh bounds a body")
    thicken = np.where(outer.sheet, SHEET, 0.0)
    thin = np.flatnonzero(bounding & ~outer.sheet & ~winding.inside(centres - 2 * SHEET * normals))
    occluder = Occluder(outer.vertices, outer.faces)
    _, depth = occluder.first(centres[thin] - OFFSET * normals[thin], -normals[thin])
    # Nothing behind a thin face within a sheet's thickness: it is a single sheet after all.
    thicken[thin] = SHEET - np.where(depth < 2 * SHEET, depth / 2, 0)
    return _boundary(outer.vertices, outer.faces[bounding], thicken[bounding])


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
    return _boundary(
        np.concatenate([boundary.vertices, vertices]),
        np.concatenate([boundary.faces, faces[far] + len(boundary.vertices)]),
        np.concatenate([boundary.thicken, np.zeros(int(far.sum()))]),
    )


def _boundary(vertices: NDArray, faces: NDArray, thicken: NDArray) -> Boundary:
    return Boundary(
        np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.int64), thicken
    )
