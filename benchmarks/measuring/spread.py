"""Times of repeated work, and how a figure is told: its median, with the least and the most beside it."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
NOTE = "median [least, most]"
"""How figures are printed."""


@dataclass(frozen=True)
class Spread:
    """Median, least and most of a figure that was taken several times."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of one or more values."""
        values = list(values)
        return cls(statistics.median(values), min(values), max(values))

    def __format__(self, spec: str) -> str:
        """As `NOTE` says, each by `spec`; the figure alone where it was taken once."""
        if self.least == self.most:
            return format(self.median, spec)
        return f"{self.median:{spec}} [{self.least:{spec}}, {self.most:{spec}}]"


@dataclass(frozen=True)
class Seconds:
    """Time of one run."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Times:
    """Seconds of several runs."""

    wall: Spread
    processor: Spread

    @classmethod
    def of(cls, runs: Sequence[Seconds]) -> "Times":
        """The spreads of one or more runs."""
        return cls(Spread.of(run.wall for run in runs), Spread.of(run.processor for run in runs))


def timed(work: Callable[[], T]) -> tuple[T, Seconds]:
    """The result of some work, and its time on all cores of this process."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, Seconds(time.perf_counter() - wall, time.process_time() - processor)


def alternately(works: Sequence[Callable[[], object]], repeats: int) -> list[list[float]]:
    """Processor seconds of each of the works, `repeats` of them. They take turns: what slows the machine down
    for a while slows down all. A first round, which pays for memory and what is loaded, does not count."""
    rounds = [[timed(work)[1].processor for work in works] for _ in range(repeats + 1)]
    return [list(seconds) for seconds in zip(*rounds[1:], strict=True)]
