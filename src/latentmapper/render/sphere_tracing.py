"""A field seen without a mesh: rays that advance by the distance to the surface (Hart 1996).

It is how the paper makes shapes visible ("ray-marching", 3D-LatentMapper, section 3.1), and what an extracted
mesh can be checked against.
"""

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.shapes.field import Field
from latentmapper.shapes.lattice import BOUND

CAUTION = 0.6
"""Share of the distance that a ray advances: learned distances may grow faster than true ones."""

STEPS = 400
"""Advances after which a ray that grazes the surface is given up."""


def sphere_trace(
    field: Field, camera: Camera, size: tuple[int, int], tolerance: float = 1e-3
) -> NDArray[np.float32]:
    """Depth of a field's surface in a picture.

    Parameters
    ----------
    field : distances are looked at within [-1.03, 1.03]^3 only, where extraction looks too.
    camera : where the picture is taken from, outside of that box.
    size : height and width of the picture in pixels
    tolerance : distance, canonical frame, at which the surface counts as met.

    Returns
    -------
    (h, w) float32 distance from the eye along each pixel's ray; infinite where no surface was met
    """
    origins, directions = camera.rays(size)
    near, far = _within_box(origins, directions)
    depth, found = near.copy(), np.full(len(near), np.inf, np.float32)
    alive = np.flatnonzero(near < far)
    for _ in range(STEPS):
        if not len(alive):
            break
        points = origins[alive] + depth[alive, None] * directions[alive]
        distances = field.evaluate(points.astype(np.float32))
        met = np.abs(distances) < tolerance
        found[alive[met]] = depth[alive[met]]
        depth[alive] += CAUTION * distances
        alive = alive[~met & (depth[alive] < far[alive])]
    return found.reshape(size)


def _within_box(
    origins: NDArray[np.float32], directions: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where rays (n, 3) enter and leave the box, (n,) each; a ray that misses it leaves before it enters."""
    with np.errstate(divide="ignore"):
        inverse = 1 / directions
    sides = np.sort(np.stack([(-BOUND - origins) * inverse, (BOUND - origins) * inverse]), axis=0)
    return np.maximum(sides[0].max(axis=1), 0), sides[1].min(axis=1)
