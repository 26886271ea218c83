"""How long a photo takes to become a GLB file, and how much memory: warm, and as a process of its own.

    python benchmarks/photo_to_glb.py [--photos FILE...] [--pack FOLDER...] [--repeats 5] [--json FILE]

Prints a Markdown table, median [least, most]. Seconds are wall and processor; on a busy machine the latter,
which add up both cores, are the ones to compare. Peak memory is that of the cold process.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import tyro
from measuring.spread import NOTE, Seconds, Spread, Times

from latentmapper import files
from latentmapper.reconstructor import Reconstructor

EXAMPLES = Path(__file__).parents[1] / "examples"
SUFFIXES = (".jpg", ".jpeg", ".png")
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Config:
    """What to measure."""

    photos: tuple[Path, ...] = ()
    """Pictures; those in examples/ if none is named."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    resolution: int = 128
    """Cells along each axis of the lattice."""

    precision: Literal["auto", "float32", "glance", "int8"] = "auto"
    """Of the products of closer looks and of the mapper."""

    looks: int = 1
    """How often the object is looked at closer."""

    threads: int = 2
    """Threads of ONNX Runtime in the warm runs; a cold process takes its default."""

    repeats: int = 5
    """Warm runs of each photo, and cold processes in all."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """What all runs took."""

    photos: int
    resolution: int
    warm: Times
    slowest: Seconds
    """The 95th percentile of the warm runs."""
    stages: dict[str, Spread]
    """Wall seconds of each stage of a warm run."""
    cold: Times
    """A process of its own, from its start to its end, weights already in the user cache."""
    peak_memory: float
    """Of a cold process, in GB of 10^9 bytes."""
    help: Times
    """A process that tells its commands and ends."""


def main(config: Config) -> None:
    """Measure and print."""
    photos = config.photos or tuple(sorted(p for p in EXAMPLES.iterdir() if p.suffix.lower() in SUFFIXES))
    figures = measure(config, photos)
    print(table(figures))
    if config.json:
        files.write_json(config.json, asdict(figures))


def measure(config: Config, photos: tuple[Path, ...]) -> Figures:
    """Cold processes first, so that the peak memory is theirs, then warm runs in this process."""
    cold, peak = cold_runs(config, photos)
    told = [timed(lambda: run_process(["--help"]), resource.RUSAGE_CHILDREN) for _ in range(config.repeats)]
    warm, stages = warm_runs(config, photos)
    warmth = Times.of(warm), late(warm), stages
    return Figures(len(photos), config.resolution, *warmth, Times.of(cold), peak, Times.of(told))


def cold_runs(config: Config, photos: tuple[Path, ...]) -> tuple[list[Seconds], float]:
    """Time and peak memory in GB of processes that reconstruct one photo each; the first is not counted."""
    packs = [argument for folder in config.pack for argument in ("--pack", str(folder))]
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(config.repeats + 1):
            photo = photos[number % len(photos)]
            command = ["reconstruct", str(photo), "-o", folder, "--overwrite", "--force", *packs]
            command += ["--resolution", str(config.resolution), "--precision", config.precision]
            command += ["--looks", str(config.looks)]
            runs.append(timed(lambda c=command: run_process(c), resource.RUSAGE_CHILDREN))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * MAXRSS_UNIT
    return runs[1:], peak / 1e9


def run_process(arguments: list[str]) -> None:
    """`latentmapper ARGUMENTS` in a process of its own; what it says is shown where it fails."""
    code = "from latentmapper.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)


def warm_runs(config: Config, photos: tuple[Path, ...]) -> tuple[list[Seconds], dict[str, Spread]]:
    """Time of every run after each photo's first, and of every stage."""
    reconstructor = Reconstructor(config.pack or None, threads=config.threads, precision=config.precision)
    runs, stages = [], []

    def once(photo: Path) -> None:
        made = reconstructor.reconstruct(photo, resolution=config.resolution, force=True, looks=config.looks)
        start = time.perf_counter()
        made.encode("glb")
        stages.append({**made.timings, "encode": time.perf_counter() - start})

    for photo in photos:
        once(photo)
    stages.clear()
    for _ in range(config.repeats):
        runs += [timed(lambda p=photo: once(p), resource.RUSAGE_SELF) for photo in photos]
    names = [name for name in stages[0] if name != "load"]
    return runs, {name: Spread.of(stage[name] for stage in stages) for name in names}


def timed(work: Callable[[], None], who: int) -> Seconds:
    """Wall and processor seconds of this process or of its children."""
    start, before = time.perf_counter(), resource.getrusage(who)
    work()
    after = resource.getrusage(who)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seconds(time.perf_counter() - start, processor)


def late(runs: list[Seconds]) -> Seconds:
    """95th percentile of wall and of processor seconds."""
    place = round(0.95 * (len(runs) - 1))
    return Seconds(*(sorted(getattr(run, each) for run in runs)[place] for each in ("wall", "processor")))


def table(figures: Figures) -> str:
    """The figures as a Markdown table."""
    rows = [
        (f"photo to GLB, warm, {figures.resolution}^3", figures.warm),
        ("the same, 95th percentile", figures.slowest),
        ("cold process, start to end", figures.cold),
        ("`latentmapper --help`", figures.help),
    ]
    lines = ["| what | wall | processor |", "|---|---|---|"]
    lines += [f"| {name} | {time_.wall:.3f} s | {time_.processor:.3f} s |" for name, time_ in rows]
    lines += [f"| stage: {name} | {seconds:.3f} s | |" for name, seconds in figures.stages.items()]
    lines.append(f"| peak memory of the cold process | {figures.peak_memory:.2f} GB | |")
    return "\n".join([*lines, "", f"{figures.photos} photos, {os.cpu_count()} processors; {NOTE}"])


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
