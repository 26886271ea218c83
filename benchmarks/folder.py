"""How fast a folder of photos becomes meshes, against a call for each photo, and in how much memory.

    python benchmarks/folder.py [--photos 60] [--single 6] [--workers 1 2] [--options OPTION...] [--json FILE]

The photos are copies of those in examples/, each with its number at its end, so that none is known already.
Every run is a process of its own, from its start to its end; peak memory adds up a process and its workers.
That it stays flat shows in a run over four times as many photos.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import tyro
from measuring.spread import NOTE, Spread

from latentmapper import files

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.jpg"))
PROGRAM = "import sys; from latentmapper.cli import run; sys.exit(run(sys.argv[1:]))"
SAMPLING = 0.05
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    photos: int = 60
    """Photos in the folder."""

    options: tuple[str, ...] = ()
    """More options of `latentmapper reconstruct`, such as --options=--looks=0."""

    single: int = 6
    """Single calls; their median stands for a loop of them."""

    workers: tuple[int, ...] = (1, os.cpu_count() or 1)
    """Processes that share the folder, a row each."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Row:
    """What one way costs."""

    way: str
    photos: int
    per_minute: Spread
    """Of single calls; a folder is done once."""
    peak_gb: float


def main(config: Config) -> None:
    """Measure every way and print a line each."""
    rows = []
    with TemporaryDirectory() as place:
        folder = Path(place)
        pictures = copies(folder / "photos", config.photos)
        more = folder / "more"
        copies(more, 4 * config.photos)
        rows.append(loop(pictures[: config.single], folder / "single", config.options))
        for workers in config.workers:
            out = folder / f"out-{workers}"
            rows.append(whole(folder / "photos", config.photos, workers, out, config.options))
        rows.append(whole(more, 4 * config.photos, config.workers[-1], folder / "out-more", config.options))
    print(table(rows))
    if config.json:
        files.write_json(config.json, [asdict(row) for row in rows])


def copies(folder: Path, count: int) -> list[Path]:
    """Photos with their number behind the picture, so that none is taken for another."""
    folder.mkdir()
    paths = [folder / f"{number:05d}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(EXAMPLES[number % len(EXAMPLES)].read_bytes() + number.to_bytes(4))
    return paths


def loop(pictures: list[Path], output: Path, options: tuple[str, ...]) -> Row:
    """A call for each photo; the first, which may have graphs to make, does not count."""
    seconds, peaks = [], []
    for picture in [pictures[0], *pictures]:
        taken, peak = run("reconstruct", str(picture), "-o", str(output), "--overwrite", *options)
        seconds.append(taken)
        peaks.append(peak)
    per_minute = Spread.of(60 / taken for taken in seconds[1:])
    return Row("a call for each photo", len(pictures), per_minute, max(peaks))


def whole(folder: Path, count: int, workers: int, output: Path, options: tuple[str, ...]) -> Row:
    """One call for the folder."""
    seconds, peak = run("reconstruct", str(folder), "-o", str(output), "--workers", str(workers), *options)
    return Row(f"the folder, {workers} at a time", count, Spread.of([60 * count / seconds]), peak)


def run(*arguments: str) -> tuple[float, float]:
    """Wall seconds of `latentmapper ARGUMENTS`, and the most memory that it and its workers took, GB."""
    start = time.perf_counter()
    command = [sys.executable, "-c", PROGRAM, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak, done = [0.0], threading.Event()
    watch = threading.Thread(target=watched, args=(process.pid, peak, done))
    watch.start()
    _, said = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watch.join()
    if process.returncode:
        sys.exit(said)
    return seconds, peak[0]


def watched(process: int, peak: list[float], done: threading.Event) -> None:
    """Keep the most memory that a process and its children take, in GB; see `memory`."""
    while not done.wait(SAMPLING):
        peak[0] = max(peak[0], sum(map(memory, family(process))) / 1e9)


def family(process: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended
        below = []
    return [process, *(one for child in below for one in family(int(child)))]


def memory(process: int) -> int:
    """Bytes of a process as Linux tells them, of shared pages its share; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def table(rows: list[Row]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | photos | a minute | times a call each | peak memory |", "|---|---|---|---|---|"]
    first = rows[0].per_minute.median
    for row in rows:
        ratio = f"{row.per_minute.median / first:.1f} x"
        lines.append(f"| {row.way} | {row.photos} | {row.per_minute:.0f} | {ratio} | {row.peak_gb:.2f} GB |")
    return "\n".join([*lines, "", f"{os.cpu_count()} processors; of the calls {NOTE}"])


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
