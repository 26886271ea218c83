"""Tasks to send to workers."""

import importlib
import os
import signal
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from latentmapper.errors import MeshError


def square(number: int) -> int:
    return number * number


def refuse(number: int) -> int:
    if number == 3:
        raise MeshError("three cannot be used")
    return number


def threads(number: int) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "IGL_NUM_THREADS")}


def node_and_folder(number: int) -> tuple[str, str, str | None]:
    """Where on a Ray cluster this is, and with how many threads."""
    time.sleep(0.1)
    ray = importlib.import_module("ray")
    return ray.get_runtime_context().get_node_id(), str(Path.cwd()), os.environ.get("OMP_NUM_THREADS")


@dataclass(frozen=True)
class Loading:
    """Loads something once in each process, and says by which process and at which loading."""

    folder: Path

    @cached_property
    def loaded(self) -> int:
        return len(list(self.folder.glob(f"{os.getpid()}-*")))

    def __call__(self, number: int) -> tuple[int, int]:
        loaded = self.loaded
        (self.folder / f"{os.getpid()}-{number}").touch()
        return os.getpid(), loaded


@dataclass(frozen=True)
class Dying:
    """Kills its own worker on some items: as often as is said, by files that it leaves."""

    folder: Path
    deaths: int
    on: tuple[int, ...]

    def __call__(self, number: int) -> int:
        died = len(list(self.folder.glob(f"{number}-*")))
        if number in self.on and died < self.deaths:
            (self.folder / f"{number}-{died}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02)
        return number


@dataclass(frozen=True)
class Lasting:
    """Takes longer than anybody waits, and leaves a file when it begins."""

    folder: Path

    def __call__(self, number: int) -> None:
        (self.folder / str(number)).touch()
        time.sleep(600)
