"""How far a long step is, told now and then in the log."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
OFTEN = 10.0
"""Seconds between two lines, at least."""


class Pace:
    """Counts what is done of something, and logs it with the rate and the time left.

    Parameters
    ----------
    total : how many there are.
    what : what is counted, in the plural.
    clock : seconds that only grow.
    """

    def __init__(self, total: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._what, self._clock = total, what, clock
        self._done = 0
        self._began = self._told = clock()

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, each counted when the next is asked for."""
        for item in items:
            yield item
            self.step()

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        now = self._clock()
        if now - self._told >= OFTEN:
            self._told = now
            rate = self._done / (now - self._began)
            left = (self._total - self._done) / rate
            logger.info("%d/%d %s, %.1f/s, %.0f s left", self._done, self._total, self._what, rate, left)
