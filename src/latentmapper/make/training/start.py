"""Where codes start: at what the shapes' distances on a coarse lattice say.

A code that already tells what its shape is like spares the network the long way from random codes,
and keeps like shapes close in code space, which mappers profit from. Without known codes these are the
principal components of the distances; beside known codes, what follows from the distances linearly.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

CELLS = (10, 18, 22)
REACH = 0.15
MOST = 4096
"""Shapes that components are found of: of more, evenly chosen ones stand for all."""
SHRINKAGE = 0.01
"""Ridge of the regression from distances to known codes, as a share of the distances' mean square."""


def principal_codes(
    surfaces: Sequence[NDArray[np.float32]], size: int, symmetric: bool, seed: int = 0
) -> NDArray[np.float32]:
    """Starting codes (n, size) of mean norm 1.

    Parameters
    ----------
    surfaces : per shape (m, 3) surface points, canonical frame.
    size : length of a code; components beyond the number of shapes hold small noise.
    symmetric : look at the half x >= 0 only.
    """
    lattice = _lattice(symmetric)
    known = surfaces[:: -(-len(surfaces) // MOST)]
    distances = np.stack([_distances(surface, lattice, symmetric) for surface in known])
    mean = distances.mean(0)
    left, strengths, components = np.linalg.svd(distances - mean, full_matrices=False)
    kept = min(size, int((strengths > 1e-6 * strengths[0]).sum())) if strengths[0] > 0 else 0
    codes = np.random.default_rng(seed).normal(0, 0.01, (len(surfaces), size))
    # Half whitened: the fine components would otherwise be too faint for the network to see.
    if len(known) == len(surfaces):
        codes[:, :kept] += left[:, :kept] * np.sqrt(strengths[:kept])
    else:
        towards = components[:kept].T / np.sqrt(strengths[:kept])
        for code, surface in zip(codes, surfaces, strict=True):
            code[:kept] += (_distances(surface, lattice, symmetric) - mean) @ towards
    return (codes / np.linalg.norm(codes, axis=1).mean()).astype(np.float32)


def codes_beside(
    surfaces: Sequence[NDArray[np.float32]], rows: Sequence[int], known: NDArray[np.float32], symmetric: bool
) -> NDArray[np.float32]:
    """Codes (n, size) in the space of known ones, which stay: by ridge regression on lattice distances.

    Parameters
    ----------
    surfaces : per shape (m, 3) surface points, canonical frame.
    rows : the shapes whose code is known.
    known : (k, size) their codes.
    symmetric : look at the half x >= 0 only.
    """
    lattice = _lattice(symmetric)
    some = slice(None, None, -(-len(rows) // MOST))
    seen = np.stack([_distances(surfaces[row], lattice, symmetric) for row in rows[some]])
    mean, middle = seen.mean(0), known[some].mean(0)
    seen -= mean
    # In its dual form: there are fewer shapes than places on the lattice.
    products = seen @ seen.T
    ridge = SHRINKAGE * np.trace(products) / len(products)
    answer = np.linalg.solve(products + ridge * np.eye(len(products)), known[some] - middle)
    codes = np.empty((len(surfaces), known.shape[1]), np.float32)
    codes[rows] = known
    for row in set(range(len(surfaces))).difference(rows):
        codes[row] = middle + (_distances(surfaces[row], lattice, symmetric) - mean) @ seen.T @ answer
    return codes


def _lattice(symmetric: bool) -> NDArray[np.float64]:
    across = np.linspace(0, 1, CELLS[0]) if symmetric else np.linspace(-1, 1, 2 * CELLS[0])
    axes = across, np.linspace(-1, 1, CELLS[1]), np.linspace(-1, 1, CELLS[2])
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


def _distances(
    surface: NDArray[np.float32], lattice: NDArray[np.float64], symmetric: bool
) -> NDArray[np.float64]:
    """Distances to the surface points, cut off at `REACH`: what lies far away says nothing here."""
    points = np.abs(surface) * [1, 0, 0] + surface * [0, 1, 1] if symmetric else surface
    found, _ = KDTree(points).query(lattice, distance_upper_bound=REACH)
    return np.minimum(found, REACH)
