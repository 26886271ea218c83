"""What all executors have in common."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

RETRIES = 3
"""Times that a task is done again because its worker died."""
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "IGL_NUM_THREADS")
"""What libraries ask how many threads they may start, most of them when they are imported."""


class Executor(ABC):
    """Does one task for many items."""

    @property
    @abstractmethod
    def threads(self) -> int:
        """Processor threads that a task may use."""

    @abstractmethod
    def map(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Yield each item with what the task makes of it, as they are finished, in whatever order.

        The task must be stateless: it may be done more than once for an item, even by two workers at a time,
        and what it writes must then come out the same. A worker gets it once, pickled; what it loads when
        first needed, it may keep for later items. Of the items, only a few a worker are asked for ahead.

        Raises
        ------
        WorkerError : a worker died, and so did those that tried again; it holds the item.
        Whatever the task raises first; items that are not begun by then are left.
        """


def limit_threads(threads: int) -> None:
    """Hold libraries that are not imported yet to so many threads, unless the user has said otherwise."""
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, str(threads))


@contextmanager
def threads_limited(threads: int) -> Iterator[None]:
    """`limit_threads` for the processes that are started within, which inherit it: afterwards this one's
    environment is as it was."""
    unset = [name for name in THREAD_VARIABLES if name not in os.environ]
    limit_threads(threads)
    try:
        yield
    finally:
        for name in unset:
            del os.environ[name]
