"""Point sets of which much is known."""

import numpy as np
from numpy.typing import NDArray


def sphere(count: int, radius: float = 1.0, seed: int = 0) -> NDArray[np.float32]:
    """Points (count, 3) at random on a sphere about the origin."""
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return (radius * points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def cloud(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Points (count, 3) at random in the cube 0..1."""
    return np.random.default_rng(seed).random((count, 3), np.float32)


def bent(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Points (count, 3) at random on a bent plate that has no symmetry."""
    u, v = np.random.default_rng(seed).random((2, count))
    return np.stack([0.5 * u * (1 + v), 0.3 * u**2 + 0.2 * v, 1.6 * v - 0.4], axis=1).astype(np.float32)
