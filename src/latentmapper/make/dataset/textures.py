"""Fractal noise that tiles: clouds, grass, camouflage, foliage and skylines are looked up in it."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIDE = 512
"""Cells along one side of a noise tile."""


@lru_cache(maxsize=64)
def fractal(roughness: float, index: int = 0) -> NDArray[np.float32]:
    """A tile of noise with a power-law spectrum, ranked to be uniform in 0..1.

    Parameters
    ----------
    roughness : 0 for white noise, 1 for grass or gravel, 2 for clouds, 3 for slow drifts
    index : another number, another tile

    Returns
    -------
    (SIDE, SIDE) float32; the share of cells below t is t
    """
    rng = np.random.default_rng([int(1000 * roughness), index])
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None])
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * frequency ** -max(roughness, 1e-6)
    values = np.fft.irfft2(spectrum, s=(SIDE, SIDE)).ravel().astype(np.float32)
    ranked = np.empty(SIDE * SIDE, np.float32)
    ranked[np.argsort(values)] = np.arange(SIDE * SIDE, dtype=np.float32) / (SIDE * SIDE - 1)
    return ranked.reshape(SIDE, SIDE)


def lookup(
    tile: NDArray[np.float32], u: NDArray[np.floating], v: NDArray[np.floating]
) -> NDArray[np.float32]:
    """The tile at coordinates u, v of any one shape; one unit is one period."""
    column = (u * SIDE).astype(np.int32) & (SIDE - 1)
    row = (v * SIDE).astype(np.int32) & (SIDE - 1)
    return tile[row, column]


def smoothstep(low: float, high: float, value: NDArray[np.floating]) -> NDArray[np.float32]:
    """0 below `low`, 1 above `high`, and a smooth S between."""
    share = np.clip((value - low) / (high - low), 0, 1).astype(np.float32)
    return share * share * (3 - 2 * share)
