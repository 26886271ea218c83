"""Smooth random deformation by a free-form lattice, the same on both sides (Sederberg & Parry, 1986)."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.repair import to_canonical

# Control points along X, Y and Z: cars and airplanes are longest and most varied along Z.
LATTICE = (4, 4, 6)

Range = tuple[float, float]


def deform(
    vertices: NDArray, rng: np.random.Generator, strength: float = 0.09, stretch: float = 0.07
) -> NDArray[np.float32]:
    """Bend, taper and stretch a shape smoothly and symmetrically in X; the result is canonical again.

    The lattice spans the bounding box. Its control points move at random, points between them follow by
    Bernstein polynomials, so every surface stays as smooth as it was; then each axis is stretched.

    Parameters
    ----------
    vertices : (n, 3), canonical frame
    strength : standard deviation of the offset of a control point, as a share of the box's extent
    stretch : standard deviation of the logarithm of the factor of each axis
    """
    low, extent = vertices.min(0).astype(np.float64), np.ptp(vertices, axis=0).astype(np.float64)
    places = (vertices - low) / np.maximum(extent, 1e-9)
    offsets = _symmetric(rng.normal(0, strength, (*LATTICE, 3))) * extent
    weights = [_bernstein(places[:, axis], count) for axis, count in enumerate(LATTICE)]
    moved = vertices + np.einsum("ni,nj,nk,ijkc->nc", *weights, offsets, optimize=True)
    return to_canonical(moved * np.exp(rng.normal(0, stretch, 3))).astype(np.float32)


def stretch_to(
    vertices: NDArray, width: Range | None, height: Range | None, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Stretch a shape to random proportions; the result is canonical again.

    Parameters
    ----------
    vertices : (n, 3), canonical frame
    width, height : ranges of the extents along X and Y as shares of that along Z; None leaves one as it is
    """
    size = np.ptp(vertices, axis=0).astype(np.float64)
    factors = np.ones(3)
    for axis, wanted in ((0, width), (1, height)):
        if wanted is not None:
            factors[axis] = rng.uniform(*wanted) * size[2] / max(size[axis], 1e-9)
    return to_canonical(vertices * factors).astype(np.float32)


def require_proportions(vertices: NDArray, width: Range | None, height: Range | None) -> None:
    """Raise `MeshError` where the extents along X and Y are not within their ranges; see `stretch_to`."""
    size = np.ptp(vertices, axis=0)
    for axis, name, wanted in ((0, "width", width), (1, "height", height)):
        share = float(size[axis] / max(size[2], 1e-9))
        if wanted is not None and not wanted[0] <= share <= wanted[1]:
            raise MeshError(
                f"its {name} is {share:.2f} of its length, outside {wanted[0]:g} to {wanted[1]:g}"
            )


def _symmetric(offsets: NDArray) -> NDArray:
    mirrored = offsets[::-1] * np.array([-1, 1, 1])
    return (offsets + mirrored) / np.sqrt(2)


def _bernstein(t: NDArray, count: int) -> NDArray[np.float64]:
    from scipy.special import comb

    degree, i = count - 1, np.arange(count)
    t = np.clip(t, 0, 1)[:, None]
    return np.asarray(comb(degree, i) * t**i * (1 - t) ** (degree - i), np.float64)
