"""Whether generated shapes cover real ones, and how far they are from one another.

    python scripts/coverage.py STORE... [--real STORE] [--sisters 200]

For every shape of the real store, the Chamfer distance to the most alike shape of the other stores; and for
some of those, the distance to their own nearest sister. Distances are those of `latentmapper evaluate`
(x1000, 5,000 points seen from outside, unit-radius frame). Only the most alike by a coarse comparison
are measured.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from endings import run
from numpy.typing import NDArray
from scipy.spatial import KDTree

from latentmapper.errors import UsageError
from latentmapper.make.dataset.store import Store
from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.training.start import principal_codes

POINTS = 5000
CODE = 48
"""Numbers of the coarse comparison."""


@dataclass(frozen=True)
class Config:
    """What to compare."""

    stores: tyro.conf.Positional[tuple[Path, ...]]
    """Stores of the generated shapes."""

    real: Path | None = None
    """Store of the real shapes to be covered."""

    sisters: int = 200
    """Generated shapes whose nearest sister is looked for."""

    candidates: int = 40
    """How many of the most alike by the coarse comparison are measured exactly."""

    seed: int = 0
    """Which shapes those are, and which points are compared."""


def main(config: Config) -> None:
    """Measure and print."""
    if min(config.sisters, config.candidates) < 1:
        raise UsageError("--sisters and --candidates must be at least 1")
    names, generated = _surfaces(config.stores, config.seed)
    if len(generated) < 2:
        raise UsageError("the stores hold less than two shapes, of which none has a sister")
    real_names, real = _surfaces((config.real,) if config.real else (), config.seed + 1)
    codes = principal_codes([*generated, *real], CODE, symmetric=True)
    tree = KDTree(codes[: len(generated)])
    print(f"{len(generated)} generated shapes")
    if real:
        found = [
            _nearest(real[i], codes[len(generated) + i], generated, tree, config) for i in range(len(real))
        ]
        for name, (row, distance) in zip(real_names, found, strict=True):
            print(f"{name}: {distance:.2f} to {names[row]}")
        distances = [distance for _, distance in found]
        print(f"most alike generated shape, mean over {len(real)} real ones: {np.mean(distances):.2f}")
    chosen = np.random.default_rng(config.seed).permutation(len(generated))[: config.sisters]
    sisters = [_nearest(generated[i], codes[i], generated, tree, config, i)[1] for i in chosen]
    print(f"nearest sister, median over {len(sisters)} generated ones: {np.median(sisters):.2f}")


def _surfaces(stores: tuple[Path, ...], seed: int) -> tuple[list[str], list[NDArray[np.float32]]]:
    """Ids, and surface points (n, 3) in the unit-radius frame, of all usable shapes."""
    rng = np.random.default_rng(seed)
    names, surfaces = [], []
    for store in map(Store.open, stores):
        for record in store.records:
            points = store.load(record).surface_points
            names.append(record.id)
            surfaces.append(points[rng.permutation(len(points))[:POINTS]])
    return names, surfaces


def _nearest(
    surface: NDArray[np.float32],
    code: NDArray[np.float32],
    generated: list[NDArray[np.float32]],
    tree: KDTree,
    config: Config,
    itself: int = -1,
) -> tuple[int, float]:
    """Row and distance of the most alike generated shape other than `itself`."""
    rows = np.atleast_1d(tree.query(code, min(config.candidates + 1, len(generated)))[1])
    distances = {int(row): chamfer_distance(surface, generated[row]) for row in rows if row != itself}
    best = min(distances, key=distances.__getitem__)
    return best, distances[best]


if __name__ == "__main__":
    run(main, Config)
