"""How the cost of a store grows with its shapes: time to open it and to draw batches, memory, bytes.

    python benchmarks/store.py [--counts 100 1000 10000] [--samples 1000] [--plot FILE.svg] [--json FILE]

Stores of synthetic shapes are written as `data build` writes them. Each is read in a process of its own: the
manifest is opened; a first epoch of training batches is drawn, which checks every shard against its hash; a
second one is timed. Memory is how far the resident set, pages of mapped shards included, grew at most beyond
that of the imported program; Linux tells it. Times are processor time. Exponents are slopes on log-log axes:
0 is what does not grow. `--repeats` reads a store several times; times are then median [least, most].
"""

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tyro
from measuring.curves import Curve, drawn
from measuring.spread import NOTE, Spread, timed
from measuring.stores import write_synthetic

from latentmapper import files

SHAPES_PER_STEP, POINTS = 12, 4096
"""Of a training step, by default."""
MB = 1 << 20
READ = ("open", "first epoch", "batch", "memory once open", "most memory")
"""What is measured of a process that reads a store: seconds, then MB."""
DRAWN = ("write", *READ[:3])
"""Of all figures, those in seconds."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    counts: tuple[int, ...] = (100, 1_000, 10_000)
    """Shapes of the stores."""

    samples: int = 1_000
    """Signed distances of a shape; `data build` takes 50,000 by default."""

    repeats: int = 3
    """Processes that read each store, one after the other."""

    plot: Path | None = None
    """SVG file to draw the seconds to."""

    json: Path | None = None
    """File to write the figures to."""


def main(config: Config) -> None:
    """Measure every store, a line each, and the exponents below."""
    print(f"| shapes | store, MB | write, s | {' | '.join(told(name) for name in READ)} |")
    print("|---" * (3 + len(READ)) + "|")
    stores: list[dict[str, Spread]] = []
    for count in config.counts:
        with TemporaryDirectory() as folder:
            stores.append(measured(Path(folder), count, config))
        print(f"| {count:,} | {' | '.join(f'{value:.3g}' for value in stores[-1].values())} |", flush=True)
    sizes = list(config.counts)
    curves = [Curve(name, "shapes", sizes, [each[name] for each in stores]) for name in stores[0]]
    print(f"| grows with the power | {' | '.join(f'{curve.exponent:.2f}' for curve in curves)} |")
    print(f"\n{NOTE}; one batch is {SHAPES_PER_STEP} shapes and {POINTS:,} points of each")
    if config.plot:
        files.write_text(config.plot, drawn([curve for curve in curves if curve.name in DRAWN]))
    if config.json:
        found = {curve.name: curve.exponent for curve in curves}
        grown = {name: value if np.isfinite(value) else None for name, value in found.items()}
        files.write_json(config.json, [asdict(curve) | {"exponent": grown[curve.name]} for curve in curves])


def told(name: str) -> str:
    """What is measured, with its unit."""
    return f"{name}, {'MB' if 'memory' in name else 's'}"


def measured(folder: Path, count: int, config: Config) -> dict[str, Spread]:
    """Write a store, and read it in processes of their own."""
    _, written = timed(lambda: write_synthetic(folder, count, config.samples))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB
    reads = [read_apart(folder) for _ in range(config.repeats)]
    found = {"store": Spread.of([size]), "write": Spread.of([written.processor])}
    return found | {
        name: Spread.of(values) for name, values in zip(READ, zip(*reads, strict=True), strict=True)
    }


def read_apart(folder: Path) -> Sequence[float]:
    """What `read_store` tells, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(read_store, (folder,))


def read_store(folder: Path) -> tuple[float, ...]:
    """The figures of `READ`: those of a batch are medians of a second epoch."""
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.auto_decoding import draw, stored_samples

    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of importing
    before, began = resident("VmRSS"), time.process_time()
    store = open_stores((folder,))
    opened, memory = time.process_time() - began, resident("VmRSS")
    samples, seconds = stored_samples(store, store.split("train")), []
    for epoch in range(2):
        order = np.random.default_rng(epoch).permutation(len(samples))
        for rows in np.array_split(order, -(-len(order) // SHAPES_PER_STEP)):
            began = time.process_time()
            draw(samples, rows, POINTS, (0, len(seconds)))
            seconds.append(time.process_time() - began)
    first, second = np.split(np.array(seconds), 2)
    memories = (memory - before) / MB, (resident("VmHWM") - before) / MB
    return opened, float(first.sum()), float(np.median(second)), *memories


def resident(name: str) -> int:
    """Bytes of memory of this process, as Linux calls them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
