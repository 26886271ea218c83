"""How long the metrics of an evaluation take for one pair of shapes.

    python benchmarks/metrics.py [--points 5000] [--emd-points 2048] [--repeats 5] [--json FILE]

Two ellipsoids, one a tenth longer and moved. Times are wall seconds and processor seconds, median [least,
most]; on a busy machine the latter are the ones to compare. Values are printed as proof of work.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import trimesh
import tyro
from measuring.spread import NOTE, Times, timed

from latentmapper import files
from latentmapper.make.dataset.voxels import occupied
from latentmapper.make.evaluation.comparison import Comparison
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.surface import Surface
from latentmapper.make.evaluation.visible import sample_surface
from latentmapper.shapes.mesh import Mesh

HALF_AXES = np.array([0.4, 0.3, 0.9])
MEASURES = (
    "chamfer",
    "f_score",
    "chamfer_l1",
    "nearest_manhattan",
    "normal_consistency",
    "emd",
    "emd_manhattan",
    "aligned_chamfer",
    "iou",
)


@dataclass(frozen=True)
class Config:
    """What to measure."""

    points: int = 5000
    """Points of each shape."""

    emd_points: int = 2048
    """Points of each shape that are matched one to one."""

    repeats: int = 5
    """Runs of each metric."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """One metric; seconds hold all that it needs, such as the trees of both point sets."""

    measure: str
    value: float
    seconds: Times


def main(config: Config) -> None:
    """Measure every metric and print one line each."""
    rules = Rules(points=config.points, emd_points=config.emd_points)
    rows = [figures(measure, rules, config.repeats) for measure in MEASURES]
    print(f"{config.points} points, {config.emd_points} for EMD, {rules.cells}^3 cells")
    print("\n| metric | value | wall s | processor s |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.measure} | {row.value:.3f} | {row.seconds.wall:.3f} | {row.seconds.processor:.3f} |")
    print(f"\n{NOTE}")
    if config.json:
        files.write_json(config.json, [asdict(row) for row in rows])


def figures(measure: str, rules: Rules, repeats: int) -> Figures:
    """Time one metric on surfaces that nothing is known of yet."""
    pairs = [(ellipsoid(1.0, 0.0, rules, 0), ellipsoid(1.1, 0.05, rules, 1)) for _ in range(repeats)]
    runs = [
        timed(lambda t=truth, a=answer: Comparison(t, a, rules).value(measure)) for truth, answer in pairs
    ]
    values, seconds = zip(*runs, strict=True)
    return Figures(measure, float(values[-1]), Times.of(seconds))


def ellipsoid(longer: float, shift: float, rules: Rules, seed: int) -> Surface:
    """An ellipsoid that is longer by a factor and moved to the side."""
    ball = trimesh.creation.icosphere(4)
    vertices = np.asarray(ball.vertices) * HALF_AXES * [1, 1, longer] + [shift, 0, 0]
    mesh = Mesh(vertices.astype(np.float32), np.asarray(ball.faces, np.int32))
    samples = sample_surface(mesh, rules.points, np.random.default_rng(seed))
    return Surface(samples.points, samples.normals, lambda: occupied(mesh, rules.cells, True, seed))


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
