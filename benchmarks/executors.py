"""What it costs to hand a task to another process, and to a Ray cluster of this machine.

    python benchmarks/executors.py [--tasks 500] [--json FILE]

Needs the extra `scale`. The task does nothing: until its first result passes what starting takes, then each
further task costs what handing over takes, with all cores at work; what ending takes is left out. `MB` is the
size of what is handed over.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro

from latentmapper import files
from latentmapper.executors import CORES, Executor, RayExecutor

SIZES = (0, 1_000_000)


@dataclass(frozen=True)
class Config:
    """What to measure."""

    tasks: int = 500
    """Tasks after the first one."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figure:
    """One executor and one size of what is handed over."""

    executor: str
    megabytes: float
    start: float
    """Seconds until the first result."""
    task: float
    """Milliseconds of each further one."""


def main(config: Config) -> None:
    """Measure and print."""
    figures = list(_figures(config.tasks))
    print(f"{os.cpu_count()} cores, {config.tasks} tasks\n")
    print("| executor | MB | seconds to start | ms a task |\n|---|---|---|---|")
    for each in figures:
        print(f"| {each.executor} | {each.megabytes:g} | {each.start:.1f} | {each.task:.2f} |")
    if config.json is not None:
        files.write_json(config.json, [asdict(each) for each in figures])


def _figures(tasks: int) -> Iterator[Figure]:
    executors: dict[str, Executor] = {"local": CORES, "ray": RayExecutor()}
    for name, executor in executors.items():
        for size in SIZES:
            began = time.perf_counter()
            made = executor.map(len, (bytes(size) for _ in range(tasks + 1)))
            next(made)
            first = time.perf_counter()
            for _ in range(tasks):
                next(made)
            each = (time.perf_counter() - first) / tasks
            assert next(made, None) is None  # a cluster takes seconds to end, which is no task's cost
            yield Figure(name, size / 1e6, first - began, 1000 * each)


if __name__ == "__main__":
    main(tyro.cli(Config))
