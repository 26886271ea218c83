"""Tasks on processes of this machine."""

import errno
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import Any

from latentmapper.errors import GO_ON, UsageError, WorkerError
from latentmapper.executors.base import RETRIES, Executor, R, T, threads_limited
from latentmapper.processor import available_cores


@dataclass(frozen=True)
class LocalExecutor(Executor):
    """Processes of this machine, a thread each; a single one is this very process, with all threads.

    Raises `UsageError` for less than one.
    """

    workers: int | None = None
    """Processes; None takes as many as there are cores to use."""

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"--workers must be at least 1, not {self.workers}")

    @property
    def threads(self) -> int:
        """See `Executor`."""
        return 1 if self._count > 1 else available_cores()

    def map(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """See `Executor`."""
        if self._count == 1:
            return ((item, task(item)) for item in items)
        return self._on_processes(task, items)

    @property
    def _count(self) -> int:
        return self.workers or available_cores()

    def _on_processes(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        numbered, begun, deaths = enumerate(items), dict[int, T](), 0
        while True:
            alone = deaths == RETRIES  # one item at a time, so that the one that kills is known
            some, most = (iter(()), 1) if alone else (numbered, 2 * self._count)
            try:
                for number, result in self._until_one_dies(task, some, begun, most):
                    deaths = deaths if alone else 0
                    yield begun.pop(number), result
                if not alone:
                    return
                deaths = 0
            except BrokenProcessPool as error:
                deaths += 1
                if deaths > RETRIES:
                    fix = f"{GO_ON}, with fewer --workers if memory is short"
                    told = f"a worker process died, {deaths} times in a row; {fix}"
                    raise WorkerError(told, next(iter(begun.values()), None)) from error

    def _until_one_dies(
        self, task: Callable[[T], R], numbered: Iterator[tuple[int, T]], begun: dict[int, T], most: int
    ) -> Iterator[tuple[int, R]]:
        """Results by number; `begun` holds the items that have none yet, also those of an earlier pool, which
        come first. `most` items are handed over at a time.

        Raises `BrokenProcessPool` where a process dies: it takes all that were at work with it.
        """
        context = multiprocessing.get_context("spawn")
        life, ours = context.Pipe(duplex=False)
        pool = ProcessPoolExecutor(self._count, context, _start, (task, life))
        try:
            flying: dict[Future[Any], int] = {}
            waiting = chain(list(begun.items()), numbered)
            while True:
                for number, item in islice(waiting, most - len(flying)):
                    begun[number] = item
                    flying[self._submitted(pool, item)] = number
                if not flying:
                    return
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    yield flying.pop(future), future.result()
        except (KeyboardInterrupt, GeneratorExit):
            ours.close()  # a pool alone would wait for the tasks at work, and for the next ones
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            life.close()
            ours.close()

    def _submitted(self, pool: ProcessPoolExecutor, item: object) -> Future[Any]:
        with threads_limited(self.threads), _interrupts_held():  # a pool starts processes as work comes in
            try:
                return pool.submit(_work, item)
            except OSError as error:
                if error.errno not in (None, errno.EPIPE):
                    raise
                raise BrokenProcessPool("a process died while it was started") from error


ALONE = LocalExecutor(1)
"""This very process."""
CORES = LocalExecutor()
"""A process for each core."""

_task: Callable[[Any], Any] | None = None


def _start(task: Callable[[Any], Any], life: Connection) -> None:
    """Begin the life of a worker process."""
    global _task
    _task = task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # our parent ends us
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()


def _end_with(life: Connection) -> None:
    """End this worker when the other end is closed, or whoever holds it killed; it would go on for ever."""
    with suppress(EOFError, OSError):
        life.recv_bytes()
    os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits, and is never heard by processes that are started within, though a terminal tells them."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(item: Any) -> Any:
    assert _task is not None
    return _task(item)
