"""Shapes as voxels: which cells of a lattice are inside."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.solid import SHEET, visible_solid, watertight_solid
from latentmapper.shapes.mesh import Triangles

STEP = 4
"""Cells along the side of a block that is looked at as a whole first."""


def occupied(mesh: Triangles, cells: int, closed: bool, seed: int, margin: float = 0.0) -> NDArray[np.bool_]:
    """Which cells of a lattice over the cube -1..1 have their centre inside a mesh: (cells,) * 3, by x, y, z.

    What is inside is decided as for the samples in a store: by the winding number where the mesh is `closed`,
    else by what outside rays do not reach, so that cabins are solid and sheets have a body.

    Parameters
    ----------
    mesh : unit-radius frame.
    cells : along each axis; a multiple of 4.
    closed : whether the mesh is watertight and oriented outwards.
    seed : of the rays.
    margin : centres no farther outside than this count as inside, so that coarse cells keep thin parts.

    Raises
    ------
    MeshError : the mesh is not closed, and nothing of it is open to the outside.
    """
    if closed:
        solid = watertight_solid(mesh.vertices, mesh.faces)
    else:
        solid = visible_solid(mesh.vertices, mesh.faces, np.random.default_rng(seed))
    return occupied_where(lambda points: solid.distance(points) - margin, cells)


def occupied_where(distance: Callable[[NDArray], NDArray], cells: int) -> NDArray[np.bool_]:
    """Where a signed distance, points (n, 3) -> (n,), is negative: (cells,) * 3 bool.

    A block of cells in whose middle the surface is farther away than the block's corners is all inside or
    all outside. Distances may jump by the thickness that sheets are given, which is allowed for.
    """
    middles = _centres(cells // STEP)
    middle = distance(middles)
    reach = np.sqrt(3) * STEP / cells + SHEET
    near = np.flatnonzero(np.abs(middle) <= reach)
    inside = np.repeat((middle < 0)[:, None], STEP**3, axis=1)
    offsets = _centres(STEP) * (STEP / cells)
    inside[near] = distance((middles[near, None] + offsets).reshape(-1, 3)).reshape(len(near), -1) < 0
    blocks = inside.reshape((cells // STEP,) * 3 + (STEP,) * 3)
    return blocks.transpose(0, 3, 1, 4, 2, 5).reshape((cells,) * 3)


def _centres(cells: int) -> NDArray[np.float64]:
    """Centres (cells^3, 3) of a lattice over the cube -1..1, z fastest."""
    axis = (2 * np.arange(cells) + 1) / cells - 1
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)


def coarser(inside: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    """Voxels (n, n, n) as (cells,) * 3: inside where any of those in a cell is; n a multiple of cells."""
    step = len(inside) // cells
    blocks = inside.reshape(cells, step, cells, step, cells, step)
    return np.logical_or.reduce(blocks, axis=(1, 3, 5))


def at_the_surface(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the voxels (n, n, n) have one of the other kind among the six that share a face with them."""
    found = np.zeros_like(inside)
    for axis in range(3):
        one, other = (np.moveaxis(array, axis, 0) for array in (inside, found))
        differ = one[1:] != one[:-1]
        other[1:] |= differ
        other[:-1] |= differ
    return found
