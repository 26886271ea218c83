"""Values between the points of a regular lattice, and which cell a position falls into."""

import numpy as np


def locate(positions: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Where positions (n, 3), in cells from the first point of a lattice of `shape`, fall.

    Returns
    -------
    cells : (n,) flat index of the lowest corner of each one's cell; beyond the lattice, the nearest
    parts : (n, 3) float32, 0..1, how far within the cell
    """
    last = np.array(shape) - 1
    low = np.clip(np.floor(positions), 0, last - 1).astype(np.int64)
    parts = np.clip(positions - low, 0, 1).astype(np.float32)
    return low @ strides(shape), parts


def between(values: np.ndarray, cells: np.ndarray, parts: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Trilinear values (n, c) in cells of a lattice whose values (points, c) are given."""
    step = strides(shape)
    x, y, z = (part[:, None] for part in parts.T)

    def along_z(i: int, j: int) -> np.ndarray:
        first = cells + i * step[0] + j * step[1]
        low = values[first]
        return low + z * (values[first + 1] - low)

    def along_yz(i: int) -> np.ndarray:
        low = along_z(i, 0)
        return low + y * (along_z(i, 1) - low)

    low = along_yz(0)
    return low + x * (along_yz(1) - low)


def strides(shape: tuple[int, ...]) -> np.ndarray:
    """(3,) steps of the flat index along the axes of a lattice."""
    return np.array([shape[1] * shape[2], shape[2], 1])
