"""Meshes that bound a solid: the test for it, and the way back to one."""

import logging
from typing import TYPE_CHECKING

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.shapes.components import largest_shell
from latentmapper.shapes.mesh import Mesh, Triangles, corners

if TYPE_CHECKING:
    import manifold3d

log = logging.getLogger(__name__)

UNION_CELLS = 192
"""Cells along the longest side of the lattice on which a refused mesh is rebuilt."""

SMOOTHING = 0.8
"""Standard deviation, in cells, of the blur that turns full and empty cells into a smooth surface."""


def refusal(mesh: Triangles) -> str | None:
    """Why manifold3d refuses a mesh, as the name of its error, or None if it accepts it."""
    import manifold3d

    manifold = to_manifold(mesh)
    if is_accepted(manifold):
        return None
    return "Empty" if manifold.status() == manifold3d.Error.NoError else manifold.status().name


def accepted(mesh: Triangles) -> Mesh | None:
    """The mesh as manifold3d keeps it, vertices at which pieces only touch taken apart; None if refused."""
    manifold = to_manifold(mesh)
    return from_manifold(manifold) if is_accepted(manifold) else None


def is_accepted(manifold: "manifold3d.Manifold") -> bool:
    """Whether manifold3d found that a mesh bounds a solid, of one face or more."""
    import manifold3d

    return manifold.status() == manifold3d.Error.NoError and not manifold.is_empty()


def to_manifold(mesh: Triangles) -> "manifold3d.Manifold":
    """The mesh for manifold3d; its `status()` says whether it bounds a solid."""
    import manifold3d

    return manifold3d.Manifold(
        manifold3d.Mesh(
            vert_properties=np.ascontiguousarray(mesh.vertices, np.float32),
            tri_verts=np.ascontiguousarray(mesh.faces, np.uint32),
        )
    )


def from_manifold(manifold: "manifold3d.Manifold") -> Mesh:
    """A mesh of manifold3d; copied, since what it gives is read-only, and it takes no such arrays back."""
    kept = manifold.to_mesh()
    return Mesh(np.array(kept.vert_properties, np.float32)[:, :3], np.array(kept.tri_verts, np.int32))


def voxel_union(mesh: Triangles, cells: int = UNION_CELLS) -> Mesh:
    """One closed shell around everything that a mesh touches or encloses.

    The faces are marked on a lattice, what the outside cannot reach is filled, and marching cubes runs on
    the blurred solid; it is therefore thicker than the mesh by about half a cell.

    Parameters
    ----------
    mesh : Triangles
    cells : int
        Cells along the longest side of the bounding box.

    Raises
    ------
    MeshError
        If the mesh has no extent, or is so thin that nothing is left.
    """
    from scipy.ndimage import binary_fill_holes, gaussian_filter
    from skimage.measure import marching_cubes

    low = mesh.vertices.min(axis=0)
    pitch = float(np.ptp(mesh.vertices, axis=0).max()) / cells
    if not pitch > 0:
        raise MeshError("the mesh has no extent")
    margin = 4
    index = np.rint((surface_points(mesh, pitch / 2) - low) / pitch).astype(int) + margin
    solid = np.zeros(index.max(axis=0) + margin + 1, bool)
    solid[tuple(index.T)] = True
    blurred = gaussian_filter(np.asarray(binary_fill_holes(solid), np.float32), SMOOTHING)
    try:
        vertices, faces, _, _ = marching_cubes(blurred, 0.5, gradient_direction="ascent")
    except ValueError:
        raise MeshError("the mesh is too thin to be rebuilt from voxels") from None
    log.info("rebuilt the mesh from %d filled cells", int(solid.sum()))
    vertices = (vertices - margin) * pitch + low
    return largest_shell(Mesh(vertices.astype(np.float32), faces.astype(np.int32)))[0]


def surface_points(mesh: Triangles, spacing: float) -> np.ndarray:
    """(n, 3) points on every face, no farther than `spacing` from each other along both of its sides."""
    a, b, c = corners(mesh)
    longest = np.maximum(np.linalg.norm(b - a, axis=1), np.linalg.norm(c - a, axis=1))
    steps = np.ceil(longest / spacing).astype(int).clip(1)
    points = []
    for count in np.unique(steps):
        u, v = (part / count for part in np.mgrid[0 : count + 1, 0 : count + 1])
        within = u + v <= 1 + 1e-9
        u, v = u[within][:, None], v[within][:, None]
        p, q, r = (corner[steps == count][:, None] for corner in (a, b, c))
        points.append((p + u * (q - p) + v * (r - p)).reshape(-1, 3))
    return np.concatenate(points)
