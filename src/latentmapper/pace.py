"""How far a long piece of work is, told now and then in a line with the rate and the time left."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from latentmapper.files import appending
from latentmapper.places import Place

logger = logging.getLogger(__name__)

Thing = TypeVar("Thing")
LOG = "log.jsonl"
"""What the file is called."""
OFTEN = 10.0
"""Seconds between two lines, at least: what is done sooner needs none."""


class Watch(Protocol):
    """Lets things through and tells how far they are: `paced`, in the log, or what a command shows."""

    def __call__(
        self, things: Iterable[Thing], total: int, what: str, already: int = 0
    ) -> Iterator[Thing]: ...


def paced(things: Iterable[Thing], total: int, what: str, already: int = 0) -> Iterator[Thing]:
    """The things as they come, counted by a `Pace` in the log."""
    return Pace(total, what, already).over(things)


def logged(
    things: Iterable[Thing], path: Place, size: Callable[[Thing], int] = lambda _: 1
) -> Iterator[Thing]:
    """The things as they come; how many were done after how many seconds is added to a file of JSON lines.

    A line every `OFTEN` seconds and one at the end, each with the time of day, `done` and `seconds` of this
    run: one that goes on adds to the lines of those before it.

    Parameters
    ----------
    size : what a thing counts for.
    """
    began = told = time.monotonic()
    done = 0
    try:
        for thing in things:
            yield thing
            done += size(thing)
            if time.monotonic() - told >= OFTEN:
                told = time.monotonic()
                _note(path, done, told - began)
    finally:
        if done:
            _note(path, done, time.monotonic() - began)


def _note(path: Place, done: int, seconds: float) -> None:
    """Add a line; not where the things that were done have made no folder."""
    if isinstance(path, Path) and not path.parent.is_dir():
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with appending(path) as add:
        add(json.dumps({"time": now, "done": done, "seconds": round(seconds, 1)}))


class Pace:
    """Counts what is done of something, and tells it with the rate and the time left.

    Parameters
    ----------
    total : how many there are.
    what : what is counted, in the plural.
    already : how many of them an earlier run has done: told at once, and no part of the rate.
    tell : takes each line; by default the log.
    clock : seconds that only grow.
    """

    def __init__(
        self,
        total: int,
        what: str,
        already: int = 0,
        tell: Callable[[str], object] = logger.info,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total, self._what, self._tell, self._clock = total, what, tell, clock
        self._done, self._new = already, 0
        self._began = self._told = clock()
        if already:
            tell(done_before(already, total, what))

    def over(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """The things, each counted when the next is asked for."""
        for thing in things:
            yield thing
            self.step()

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._done, self._new = self._done + count, self._new + count
        now = self._clock()
        if now - self._told >= OFTEN:
            self._told = now
            pace = self._new / max(now - self._began, 1e-9)
            left = (self._total - self._done) / pace
            self._tell(f"{self._done}/{self._total} {self._what}, {_rate(pace)}, {_span(left)} left")


def done_before(already: int, total: int, what: str) -> str:
    """What is told where a run goes on."""
    return f"{already} of {total} {what} were done by an earlier run"


def _rate(per_second: float) -> str:
    """In the unit that makes it more than a part of one."""
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{60 * per_second:.1f}/min"


def _span(seconds: float) -> str:
    """A time that is known as roughly as this one."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
