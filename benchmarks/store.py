"""How the cost of a store grows with its shapes: time to open it and to draw batches, memory, bytes.

    python benchmarks/store.py [--counts 100 1000 10000] [--samples 1000] [--json FILE]

Stores of synthetic shapes are written as `data build` writes them. Each is read in a process of its own: the
manifest is opened; a first epoch of training batches is drawn, which checks every shard against its hash; a
second one is timed. Memory is how far the resident set, pages of mapped shards included, grew at most beyond
that of the imported program; Linux tells it. Times are processor time. Exponents are slopes on log-log axes:
0 is what does not grow.
"""

import multiprocessing
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tyro
from measuring.spread import Spread
from measuring.stores import write_synthetic

from latentmapper import files

SHAPES_PER_STEP, POINTS = 12, 4096
"""Of a training step, by default."""
MB = 1 << 20


@dataclass(frozen=True)
class Config:
    """What to measure."""

    counts: tuple[int, ...] = (100, 1_000, 10_000)
    """Shapes of the stores."""

    samples: int = 1_000
    """Signed distances of a shape; `data build` takes 50,000 by default."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Row:
    """What one store costs."""

    shapes: int
    write_s: float
    open_s: float
    first_epoch_s: float
    batch_ms: float
    """Median of a step of the second epoch, and the least and the most."""
    batch_least_ms: float
    batch_most_ms: float
    open_mb: float
    """Memory once the manifest is open."""
    peak_mb: float
    """Most memory until the end."""
    bytes_per_shape: float


def main(config: Config) -> None:
    """Measure every store, a line each, and the exponents below."""
    names = list(Row.__dataclass_fields__)
    print("".join(f"{name:>16}" for name in names))
    rows = []
    for count in config.counts:
        with TemporaryDirectory() as folder:
            rows.append(measured(Path(folder), count, config.samples))
        print("".join(f"{value:16.4g}" for value in asdict(rows[-1]).values()), flush=True)
    grown = {name: exponent(rows, name) for name in names}
    print("".join(f"{grown[name]:16.2f}" for name in names), " exponents")
    if config.json:
        files.write_json(config.json, {"rows": [asdict(row) for row in rows], "exponents": grown})


def measured(folder: Path, count: int, samples: int) -> Row:
    """Write a store and read it in a process of its own."""
    began = time.process_time()
    write_synthetic(folder, count, samples)
    written = time.process_time() - began
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        read = pool.apply(read_store, (folder,))
    return Row(count, written, *read, size / count)


def read_store(folder: Path) -> tuple[float, float, float, float, float, float, float]:
    """Seconds to open, of an epoch, the three milliseconds of a batch, and the two figures of memory."""
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
    batch = Spread.of((1000 * second).tolist())
    most = (resident("VmHWM") - before) / MB
    return (opened, float(first.sum()), batch.median, batch.least, batch.most, (memory - before) / MB, most)


def resident(name: str) -> int:
    """Bytes of memory of this process, as Linux calls them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))


def exponent(rows: list[Row], name: str) -> float:
    """How a figure grows with the number of shapes: the slope of its logarithm."""
    shapes, values = (np.log([getattr(row, field) for row in rows]) for field in ("shapes", name))
    return float(np.polyfit(shapes, values, 1)[0])


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
