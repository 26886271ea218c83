"""How much faster sparse extraction is than dense extraction, and than the octree of Deep Implicit Templates.

    python benchmarks/surface.py [--pack FOLDER] [--repeats 9] [--json FILE]

Times are wall seconds, medians, and processor seconds, median [least, most]; on a busy machine the latter are
the ones to compare.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from measuring.spread import NOTE, Times, timed
from reference.octree import extract_octree

from latentmapper import files
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import Surface, extract, extract_dense
from latentmapper.shapes.field import Field


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Path | None = None
    """A pack's folder; those that ship with the package if None."""

    resolutions: tuple[int, ...] = (128, 256)
    """Cells along each axis."""

    repeats: int = 9
    """Runs of sparse extraction and clean-up; the others run a third as often, at least once."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """One field at one resolution."""

    field: str
    resolution: int
    dense: Times
    octree: Times
    sparse: Times
    clean: Times
    octree_share: float
    """Points that the octree evaluated, as a share of dense evaluation."""
    sparse_share: float
    same_surface: bool

    @property
    def ratios(self) -> tuple[float, float]:
        """Processor times of dense extraction and of the octree over that of sparse extraction, medians."""
        dense, octree, sparse = (each.processor.median for each in (self.dense, self.octree, self.sparse))
        return dense / sparse, octree / sparse

    def row(self) -> str:
        """One line of the table."""
        times = " | ".join(
            f"{each.wall.median:.3f} / {each.processor:.3f}"
            for each in (self.dense, self.octree, self.sparse, self.clean)
        )
        dense, octree = self.ratios
        return (
            f"| {self.field} | {self.resolution}^3 | {times} | {dense:.0f} x | {octree:.1f} x "
            f"| {self.octree_share:.1%} | {self.sparse_share:.1%} | {'yes' if self.same_surface else 'NO'} |"
        )


def main(config: Config) -> None:
    """Measure the mean shape of every pack and print a line each."""
    heads = ["field", "lattice", "dense", "octree", "sparse", "clean", "dense : sparse", "octree : sparse"]
    heads += ["points, octree", "points, sparse", "same"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    rows = []
    for folder in [config.pack] if config.pack else bundled_packs():
        pack = Pack.open(folder)
        for resolution in config.resolutions:
            rows.append(measure(pack.id, pack.field(pack.mean_code), resolution, config.repeats))
            print(rows[-1].row(), flush=True)
    print(f"\nseconds: wall / processor, {NOTE}; ratios of processor times")
    print(
        "points evaluated, as a share of all; same: sparse extraction found the surface of dense extraction"
    )
    if config.json:
        files.write_json(config.json, [{**asdict(row), "ratios": row.ratios} for row in rows])


def measure(name: str, field: Field, resolution: int, repeats: int) -> Figures:
    """Time the three ways on one field and compare what they find."""
    extract(field, resolution)
    few = max(1, repeats // 3)
    dense, dense_time = repeated(lambda: extract_dense(field, resolution), few)
    octree, octree_time = repeated(lambda: extract_octree(field, resolution), few)
    sparse, sparse_time = repeated(lambda: extract(field, resolution), repeats)
    _, clean_time = repeated(lambda: clean(sparse), repeats)
    shares = octree.report.share_of_dense, sparse.report.share_of_dense
    times = dense_time, octree_time, sparse_time, clean_time
    return Figures(name, resolution, *times, *shares, same_surface(dense, sparse))


def repeated(work: Callable[[], Any], repeats: int) -> tuple[Any, Times]:
    """The last result, and what all took."""
    results, seconds = zip(*(timed(work) for _ in range(repeats)), strict=True)
    return results[-1], Times.of(seconds)


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
