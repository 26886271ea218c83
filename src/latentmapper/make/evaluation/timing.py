"""How long methods take from a picture to a mesh, one after the other on one machine."""

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import LatentMapperError, MissingError
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description, Maker, Method
from latentmapper.make.evaluation.setup import Sources
from latentmapper.photo.framing import png_bytes
from latentmapper.ranges import RESOLUTIONS
from latentmapper.reconstructor import Reconstructor

T = TypeVar("T")
Picture = tuple[str, NDArray[np.uint8]]
Describe = Callable[[NDArray[np.uint8]], Description]
COLD = 3
"""Processes that are started, after a first one that fills the caches of the disk."""
PROGRAM = "from latentmapper.cli import main; main()"


@dataclass(frozen=True)
class Seconds:
    """Time of a piece of work: of a wall clock, and of all processors together."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Times:
    """Medians over the pictures, seconds."""

    method: str
    pictures: int
    total: Seconds
    """From the picture in memory to the mesh."""
    late: float
    """95th percentile of that, wall."""
    answer: Seconds
    """From the picture to a code, or to the name of a shape."""
    mesh: Seconds | None
    """From there to the mesh; None for methods that find it rather than make it."""
    failed: int
    """Pictures that the method failed on; they are part of no time."""


def method_times(evaluator: Evaluator, pictures: Sequence[Picture]) -> list[Times]:
    """Times of every method that looks at pictures; one that fails on all of them has none.

    pictures : ids of the shapes, and (h, w, 3) RGB.
    """
    seeing = [method for method in evaluator.methods if method.sees]
    found = [_times(method, evaluator.describe, pictures) for method in seeing]
    return [times for times in found if times]


def _times(method: Method, describe: Describe, pictures: Sequence[Picture]) -> Times | None:
    _run(method, describe, pictures[0])  # loads what is loaded when first needed
    runs = [run for picture in pictures if (run := _run(method, describe, picture))]
    if not runs:
        return None
    totals = [_sum(answer, mesh) for answer, mesh in runs]
    meshes = [mesh for _, mesh in runs if mesh]
    return Times(
        method.name,
        len(pictures),
        _median(totals),
        round(float(np.percentile([total.wall for total in totals], 95)), 4),
        _median([answer for answer, _ in runs]),
        _median(meshes) if meshes else None,
        failed=len(pictures) - len(runs),
    )


def _run(method: Method, describe: Describe, picture: Picture) -> tuple[Seconds, Seconds | None] | None:
    """Time to the answer and from there to the mesh; None where the method fails."""
    shape, pixels = picture
    try:
        answer, first = timed(lambda: method.answer(shape, describe(pixels)))
        return first, timed(lambda: method.mesh(answer))[1] if isinstance(method, Maker) else None
    except MissingError:
        raise
    except Exception:  # told among the samples, with the reason
        return None


def pack_times(
    sources: Sources, pictures: Sequence[NDArray[np.uint8]], resolution: int, threads: int
) -> dict[str, Any]:
    """The pack as people use it: from the bytes of a file, stage by stage, and as a process of its own.

    Returns
    -------
    `resolution`, `stages` (name to median wall seconds, warm), `warm` and `cold` as `Seconds`.
    """
    low, high = RESOLUTIONS
    resolution = min(max(resolution, low), high)
    files = [png_bytes(Image.fromarray(picture)) for picture in pictures]
    maker = Reconstructor([sources.pack], sources.vit, threads, precision=sources.precision)

    def once(data: bytes) -> dict[str, float]:
        made = maker.reconstruct(data, resolution=resolution, force=True, name="picture", looks=sources.looks)
        return made.timings

    once(files[0])
    runs = [timed(lambda d=data: once(d)) for data in files]
    stages = [stage for stage in runs[0][0] if stage != "load"]
    return {
        "resolution": resolution,
        "stages": {stage: round(median(run[stage] for run, _ in runs), 4) for stage in stages},
        "warm": asdict(_median([seconds for _, seconds in runs])),
        "cold": asdict(_median([_cold(sources, data, resolution) for data in [files[0]] * (COLD + 1)][1:])),
    }


def _cold(sources: Sources, data: bytes, resolution: int) -> Seconds:
    """A process from its start to its end. Raises `LatentMapperError` with what it said where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        picture.write_bytes(data)
        command = ["reconstruct", str(picture), "-o", folder, "--force", "--pack", str(sources.pack)]
        command += ["--resolution", str(resolution), "--precision", sources.precision]
        command += ["--looks", str(sources.looks)]
        command += ["--vit", str(sources.vit)] if sources.vit else []
        before, start = os.times(), time.perf_counter()
        done = subprocess.run([sys.executable, "-c", PROGRAM, *command], capture_output=True, text=True)
        wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise LatentMapperError(f"a process of its own failed: {done.stderr.strip() or done.stdout.strip()}")
    children = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(wall, children)


def machine() -> dict[str, Any]:
    """What the times were taken on."""
    return {
        "processor": _processor_name(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor_name() -> str:
    """As the system calls it; Linux alone keeps the maker's name in a file."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def timed(work: Callable[[], T]) -> tuple[T, Seconds]:
    """What the work gives, and how long it took."""
    start, before = time.perf_counter(), time.process_time()
    made = work()
    return made, Seconds(time.perf_counter() - start, time.process_time() - before)


def _sum(first: Seconds, second: Seconds | None) -> Seconds:
    if second is None:
        return first
    return Seconds(first.wall + second.wall, first.processor + second.processor)


def _median(runs: Sequence[Seconds]) -> Seconds:
    return Seconds(round(median(r.wall for r in runs), 4), round(median(r.processor for r in runs), 4))
