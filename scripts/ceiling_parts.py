"""What keeps fitted codes from the truth: how much of their Chamfer distance is the truth's inside.

    python scripts/ceiling_parts.py PACK STORE --codes FILE

Open windows show seats and floors, which count as the truth's surface and which no closed body has. For the
shapes of a store's test split and their codes (`latentmapper fit`), prints the mean Chamfer distance of the
decoded mesh to the truth (x 1000), the part of it that comes from truth points within the decoded body, their
share of the points, and what is left.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from endings import run
from scipy.spatial import KDTree

from latentmapper.errors import UsageError
from latentmapper.make.dataset.store import Record, Store
from latentmapper.make.evaluation.visible import visible_points
from latentmapper.make.training.codes import load_codes
from latentmapper.pack import Pack
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh

POINTS, VIEWPOINTS = 5000, 64
WITHIN = -0.02
"""Signed distance, canonical frame, below which a truth point counts as inside."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Annotated[Path, tyro.conf.Positional]
    """The pack whose shape model decodes the codes."""
    store: Annotated[Path, tyro.conf.Positional]
    """The store of the true shapes."""
    codes: Path
    """Their fitted codes."""
    resolution: int = 64
    """Cells a side of the extraction."""


def main(config: Config) -> None:
    """Measure every shape and print the means."""
    pack, store, codes = Pack.open(config.pack), Store.open(config.store), load_codes(config.codes)
    tested = store.split("test")
    records = [record for record in tested if record.id in codes]
    if not records:
        raise UsageError(f"--codes: {config.codes} holds no code of a test shape of {config.store}")
    if left := len(tested) - len(records):
        print(f"{left} test shapes have no code and are left out", file=sys.stderr)
    parts = np.mean([_parts(pack, store, r, codes[r.id], config.resolution) for r in records], axis=0)
    distance, inside, share = parts
    print(f"{len(records)} shapes: Chamfer {distance:.2f}, of it truth points inside {inside:.2f}", end=" ")
    print(f"({share:.1%} of the points), the rest {distance - inside:.2f}")


def _parts(
    pack: Pack, store: Store, record: Record, code: np.ndarray, resolution: int
) -> tuple[float, float, float]:
    """Chamfer distance, the inside points' part of it, and their share, of one shape."""
    data, field = store.load(record), pack.field(np.ascontiguousarray(code, np.float32))
    made = clean(extract(field, resolution), None)[0]
    truth = visible_points(Mesh(data.vertices, data.faces), POINTS, VIEWPOINTS, seed=0)
    answer = visible_points(made, POINTS, VIEWPOINTS, seed=1)
    missed = np.square(KDTree(answer).query(truth)[0]) * 1000
    invented = np.square(KDTree(truth).query(answer)[0]) * 1000
    inside = field.evaluate(truth.astype(np.float32)) < WITHIN
    return float(missed.mean() + invented.mean()), float(missed[inside].sum() / len(missed)), inside.mean()


if __name__ == "__main__":
    run(main, Config)
