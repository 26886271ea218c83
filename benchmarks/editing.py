"""How long it takes from a new code to a mesh, as when a slider is dragged and let go.

    python benchmarks/editing.py [--pack FOLDER] [--repeats 20] [--json FILE]

Milliseconds, wall and processor, of codes that were never decoded before: median [least, most]. `surface` is
what a page shows while a slider moves, `mesh` what it shows afterwards: closed, checked, without bits.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro
from measuring.spread import NOTE, Spread, timed

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
    """Milliseconds of one kind of work."""

    work: str
    resolution: int
    wall: Spread
    processor: Spread


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
            runs = [timed(lambda w=work, c=code, r=resolution: w(c, r))[1] for code in codes][1:]
            wall, processor = (
                Spread.of(1000 * getattr(run, n) for run in runs) for n in ("wall", "processor")
            )
            figures.append(Figure(work.__name__, resolution, wall, processor))
    print("| code to | cells | wall ms | processor ms |\n|---|---|---|---|")
    for each in figures:
        print(f"| {each.work} | {each.resolution}^3 | {each.wall:.1f} | {each.processor:.1f} |")
    print(f"\n{NOTE}")
    if config.json is not None:
        files.write_json(config.json, [asdict(each) for each in figures])


if __name__ == "__main__":
    main(tyro.cli(Config))
