"""How long it takes from a new code to a mesh, as when a slider is dragged and let go.

    python benchmarks/editing.py [--pack FOLDER] [--repeats 20] [--json FILE]

Milliseconds, wall and processor, medians over codes that were never decoded before. `surface` is what a page
shows while a slider moves, `mesh` what it shows afterwards: closed, checked, without bits.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro

from latentmapper import files
from latentmapper.cli.packs import find_pack
from latentmapper.editing import Editor

RESOLUTIONS = (64, 128)


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: str = "car"
    """Folder of a pack, or the id or category of a bundled one."""

    repeats: int = 20
    """Codes to decode."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figure:
    """Medians of one kind of work, in milliseconds."""

    work: str
    resolution: int
    wall: float
    processor: float


def main(config: Config) -> None:
    """Measure and print."""
    editor = Editor(find_pack(config.pack))
    rng, bank = np.random.default_rng(0), editor.pack.bank
    pairs = rng.integers(len(bank), size=(config.repeats + 1, 2))
    codes = [(bank[a] + bank[b]) / 2 for a, b in pairs]
    figures = []
    for resolution in RESOLUTIONS:
        for work in (editor.surface, editor.mesh):
            # The first call loads what the others need.
            wall, processor = zip(*(_timed(work, code, resolution) for code in codes), strict=True)
            medians = statistics.median(wall[1:]), statistics.median(processor[1:])
            figures.append(Figure(work.__name__, resolution, *medians))
    print("| code to | cells | wall ms | processor ms |\n|---|---|---|---|")
    for each in figures:
        print(f"| {each.work} | {each.resolution}^3 | {each.wall:.1f} | {each.processor:.1f} |")
    if config.json is not None:
        files.write_json(config.json, [asdict(each) for each in figures])


def _timed(work: Callable, code: np.ndarray, resolution: int) -> tuple[float, float]:
    """Milliseconds of one call: wall, processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work(code, resolution)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


if __name__ == "__main__":
    main(tyro.cli(Config))
