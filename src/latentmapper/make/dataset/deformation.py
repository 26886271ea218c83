"""Smooth random deformation by a free-form lattice, the same on both sides (Sederberg & Parry, 1986)."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.repair import to_canonical

# Control points along X, Y and Z: cars and airplanes are longest and most varied along Z.
LATTICE = (4, 4, 6)


def deform(vertices: NDArray, rng: np.random.Generator, strength: float = 0.08) -> NDArray[np.float32]:
    """Bend, stretch and swell a shape smoothly and symmetrically in X; the result is canonical again.

    Control points move by a random stretch of each axis and a smooth random offset; points between them
    follow by Bernstein polynomials, so every surface stays as smooth as it was.

    Parameters
    ----------
    vertices : (n, 3), canonical frame
    strength : standard deviation of the offset of a control point, canonical units
    """
    offsets = _symmetric(rng.normal(0, strength, (*LATTICE, 3)))
    places = (np.asarray(vertices, np.float64) + 1) / 2
    weights = [_bernstein(places[:, axis], count) for axis, count in enumerate(LATTICE)]
    moved = vertices + np.einsum("ni,nj,nk,ijkc->nc", *weights, offsets, optimize=True)
    return to_canonical(moved * np.exp(rng.normal(0, strength, 3))).astype(np.float32)


def _symmetric(offsets: NDArray) -> NDArray:
    mirrored = offsets[::-1] * np.array([-1, 1, 1])
    return (offsets + mirrored) / np.sqrt(2)


def _bernstein(t: NDArray, count: int) -> NDArray[np.float64]:
    from scipy.special import comb

    degree, i = count - 1, np.arange(count)
    t = np.clip(t, 0, 1)[:, None]
    return np.asarray(comb(degree, i) * t**i * (1 - t) ** (degree - i), np.float64)
