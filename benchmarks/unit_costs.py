"""What a shape and a photo cost, and what many of them would: core-hours and bytes.

    python benchmarks/unit_costs.py [--few 4] [--many 12] [--shapes 51000] [--views 20] [--photos 1000000]

Every step runs twice as a command of its own, over few items and over many: the difference in processor
seconds, by the difference in items, is what one more costs, starting up left out. Shapes are parametric cars;
collections with many faces take longer. Bytes are of what a step writes.
"""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import tyro

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.jpg"))
PROGRAM = "import sys; from latentmapper.cli import run; sys.exit(run(sys.argv[1:]))"


@dataclass(frozen=True)
class Config:
    """What to measure, and what for."""

    few: int = 4
    """Shapes of the short run; photos are ten times as many."""

    many: int = 12
    """Those of the long run."""

    shapes: int = 51_000
    """Shapes whose cost to tell: about as many as ShapeNetCore has."""

    views: int = 20
    """Pictures of each."""

    photos: int = 1_000_000
    """Photos whose cost to tell."""

    samples: int = 50_000
    """Signed distances of a shape."""


@dataclass(frozen=True)
class Cost:
    """Of one item of a step."""

    step: str
    item: str
    seconds: float
    """Of a processor core."""
    size: float
    """Bytes."""
    items: int
    """How many there would be."""

    def row(self) -> str:
        """A row of the table."""
        hours, gigabytes = self.items * self.seconds / 3600, self.items * self.size / 1e9
        return (
            f"| {self.step} | {self.item} | {self.seconds:.2f} | {self.size / 1000:.0f} |"
            f" {self.items:,} | {hours:,.0f} | {gigabytes:,.0f} |"
        )


def main(config: Config) -> None:
    """Measure every step and print the table."""
    with TemporaryDirectory() as folder:
        short = Run(Path(folder) / "few", config.few, config)
        costs = Run(Path(folder) / "many", config.many, config).beyond(short)
    print("| step | item | core s | kB | items | core-hours | GB |\n|---|---|---|---|---|---|---|")
    print("\n".join(cost.row() for cost in costs))


class Run:
    """All steps over some items: processor seconds and bytes of each, and of how many items."""

    def __init__(self, folder: Path, count: int, config: Config) -> None:
        folder.mkdir()
        self._config = config
        store, views, tokens = folder / "store", folder / "views", folder / "tokens"
        pictures, one = count * config.views, ("--workers", "1")
        build = (f"parametric:cars:{count}", "--samples", config.samples, *one)
        render = (store, "--views", config.views, *one)
        self.steps = {
            "data build": self._taken(store, count, "data", "build", *build),
            "data render": self._taken(views, pictures, "data", "render", *render),
            "data features": self._taken(tokens, pictures, "data", "features", views, "--kind", "tokens"),
            "reconstruct": self._photos(folder, count),
        }

    def beyond(self, few: "Run") -> list[Cost]:
        """What each item costs that the other run did not have."""
        config = self._config
        shapes, pictures = config.shapes, config.shapes * config.views
        items = {
            "data build": ("shape", shapes),
            "data render": ("picture", pictures),
            "data features": ("picture", pictures),
            "reconstruct": ("photo", config.photos),
        }
        costs = []
        for step, (seconds, size, count) in self.steps.items():
            less, smaller, fewer = few.steps[step]
            more, (item, wanted) = count - fewer, items[step]
            costs.append(Cost(step, item, (seconds - less) / more, (size - smaller) / more, wanted))
        return costs

    def _photos(self, folder: Path, count: int) -> tuple[float, float, int]:
        """The same of photos, copies of examples with their number behind; ten for each shape."""
        photos = folder / "photos"
        photos.mkdir()
        for number in range(10 * count):
            photo = EXAMPLES[number % len(EXAMPLES)].read_bytes() + number.to_bytes(4)
            (photos / f"{number:05d}.jpg").write_bytes(photo)
        out = folder / "meshes"
        return self._taken(out, 10 * count, "reconstruct", photos, "--threads", "1")

    def _taken(self, output: Path, count: int, *arguments: object) -> tuple[float, float, int]:
        """Processor seconds of a command, bytes that it wrote, and the number of items that it did."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", PROGRAM, *map(str, arguments), "-o", str(output)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            sys.exit(done.stderr)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
        return seconds, size, count


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
