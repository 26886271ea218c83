"""How much faster sparse extraction is than dense extraction of the same surface.

    python benchmarks/surface.py [--pack FOLDER] [--repeats 5] [--json FILE]

Times are wall seconds and processor seconds, medians; on a busy machine the latter are the ones to compare.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from latentmapper import files
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import Surface, extract, extract_dense
from latentmapper.shapes.field import Field, TriplaneField

HALF_AXES = (0.4, 0.3, 0.9)


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Path | None = None
    """A pack's folder; those that ship with the package if None, an ellipsoid if there is none."""

    resolutions: tuple[int, ...] = (128, 256)
    """Cells along each axis."""

    repeats: int = 5
    """Runs of sparse extraction and clean-up; dense extraction runs a third as often, at least once."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """Medians for one field at one resolution; seconds are (wall, processor)."""

    field: str
    resolution: int
    dense: tuple[float, float]
    sparse: tuple[float, float]
    clean: tuple[float, float]
    share_of_points: float
    same_surface: bool

    @property
    def ratio(self) -> float:
        """Processor time of dense over sparse extraction."""
        return self.dense[1] / self.sparse[1]


def main(config: Config) -> None:
    """Measure every field and print one line each."""
    rows = [
        measure(name, field, resolution, config.repeats)
        for name, field in fields(config.pack)
        for resolution in config.resolutions
    ]
    print(
        f"{'field':<20}{'lattice':>8}{'dense':>16}{'sparse':>16}{'clean':>16}{'ratio':>7}{'points':>8}  same"
    )
    for row in rows:
        seconds = "".join(f"{wall:9.3f}/{cpu:6.3f}" for wall, cpu in (row.dense, row.sparse, row.clean))
        print(
            f"{row.field:<20}{row.resolution:>7}³{seconds}{row.ratio:>6.0f}x{row.share_of_points:>8.1%}"
            f"  {'yes' if row.same_surface else 'NO'}"
        )
    print("seconds: wall / processor; ratio of processor times; points as a share of dense")
    if config.json:
        files.write_json(config.json, [{**asdict(row), "ratio": row.ratio} for row in rows])


def fields(folder: Path | None) -> list[tuple[str, Field]]:
    """The mean shape of each pack, or an ellipsoid."""
    folders = [folder] if folder else bundled_packs()
    packs = [Pack.open(each) for each in folders]
    return [(pack.id, pack.field(pack.mean_code)) for pack in packs] or [("ellipsoid", ellipsoid())]


def ellipsoid(texels: int = 64, channels: int = 24, hidden: int = 64) -> TriplaneField:
    """A field of the usual size whose first channel sums to the quadratic form of an ellipsoid.

    SiLU(t) - SiLU(-t) = t carries the sum through the network.
    """
    line = np.linspace(-1, 1, texels)
    x = (line + 1) / 2
    a, b, c = HALF_AXES
    planes = np.zeros((3, channels, texels, texels), np.float32)
    planes[0, 0] = (x[None] / a) ** 2 + (line[:, None] / b) ** 2 - 1
    planes[1, 0] = (line[:, None] / c) ** 2
    first, middle, last = np.zeros((hidden, 3 * channels)), np.zeros((hidden, hidden)), np.zeros((1, hidden))
    first[:2, ::channels] = [[1] * 3, [-1] * 3]
    middle[:2, :2] = [[1, -1], [-1, 1]]
    last[0, :2] = [0.15, -0.15]
    weights = [(each.astype(np.float32), np.zeros(len(each), np.float32)) for each in (first, middle, last)]
    return TriplaneField(planes, weights, symmetric=True)


def measure(name: str, field: Field, resolution: int, repeats: int) -> Figures:
    """Time both ways and compare what they find."""
    extract(field, resolution)
    dense, dense_time = timed(lambda: extract_dense(field, resolution), max(1, repeats // 3))
    sparse, sparse_time = timed(lambda: extract(field, resolution), repeats)
    _, clean_time = timed(lambda: clean(sparse), repeats)
    share = sparse.report.share_of_dense
    return Figures(name, resolution, dense_time, sparse_time, clean_time, share, same_surface(dense, sparse))


def timed(work: Callable[[], Any], repeats: int) -> tuple[Any, tuple[float, float]]:
    """The last result, and the medians of wall and processor seconds."""
    result, seconds = None, []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        result = work()
        seconds.append((time.perf_counter() - wall, time.process_time() - processor))
    walls, processors = zip(*seconds, strict=True)
    return result, (statistics.median(walls), statistics.median(processors))


def same_surface(one: Surface, other: Surface) -> bool:
    """Whether both have the same vertices, to rounding, the same genus, and the same triangles at x >= 0.

    At x < 0 a mirrored half may cut a quadrangle along its other diagonal.
    """
    from scipy.spatial import KDTree

    if len(one.vertices) != len(other.vertices) or checks(one).genus != checks(other).genus:
        return False
    distances, same = map(np.asarray, KDTree(one.vertices).query(other.vertices))
    triangles = [
        np.sort(faces[(one.vertices[faces][:, :, 0] >= 0).all(axis=1)], axis=1)
        for faces in (one.faces, same[other.faces])
    ]
    left, right = (set(map(tuple, each.tolist())) for each in triangles)
    return len(one.faces) == len(other.faces) and float(distances.max()) < 1e-6 and left == right


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
