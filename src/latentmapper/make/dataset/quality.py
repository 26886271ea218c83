"""Is a mesh fit for training? What is not is set aside with the reason."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError

# A shape thinner than this in any direction is a drawing, not a body (canonical units).
MIN_EXTENT = 0.03
# The least share of samples close to the surface that must lie inside.
MIN_INSIDE = 0.02
# The least share of the surface points that must not be repeats of one another.
MIN_SEEN = 0.25


def require_body(vertices: NDArray) -> None:
    """Raise `MeshError` for a mesh that is nearly flat. `vertices` (v, 3) in the canonical frame."""
    extent = np.ptp(vertices, axis=0)
    if extent.min() < MIN_EXTENT:
        raise MeshError(
            f"the mesh is flat: {extent.min():.3f} thick at unit radius, {MIN_EXTENT} is the least"
        )


def require_seen(surface_points: NDArray) -> None:
    """Raise `MeshError` where too few distinct points are seen from outside. `surface_points` (m, 3)."""
    share = len(np.unique(surface_points, axis=0)) / len(surface_points)
    if share < MIN_SEEN:
        raise MeshError(f"hardly anything is seen from outside: {share:.0%} of the points asked for")


def require_inside(distances: NDArray) -> None:
    """Raise `MeshError` where the solid has next to no inside, or next to no outside. `distances` (n,)."""
    if not np.isfinite(distances).all():
        raise MeshError("the distances are not finite")
    share = float(np.mean(distances < 0))
    if not MIN_INSIDE <= share <= 1 - MIN_INSIDE:
        raise MeshError(f"the mesh encloses no body: {share:.1%} of the samples lie inside")
