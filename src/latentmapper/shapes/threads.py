"""Blocks of array work on all cores: NumPy and ONNX Runtime release the interpreter lock, so threads do."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from latentmapper.processor import available_cores

_local = threading.local()


def in_threads(work: Callable[[int], None], items: Sequence[int]) -> None:
    """Call `work` on every item, on all cores where there is more than one item."""
    if len(items) < 2 or available_cores() < 2:
        for item in items:
            work(item)
    else:
        for _ in _pool(os.getpid()).map(work, items):
            pass


def buffer(name: str, rows: int, width: int) -> np.ndarray:
    """A (rows, width) float32 array of the calling thread, with whatever it held last under this name.

    Fresh pages from the system cost more than the arithmetic on them.
    """
    kept = getattr(_local, name, None)
    if kept is None or kept.size < rows * width:
        kept = np.empty(rows * width, np.float32)
        setattr(_local, name, kept)
    return kept[: rows * width].reshape(rows, width)


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads of one process; a forked child does not inherit running threads, so it makes its own."""
    del process
    return ThreadPoolExecutor(available_cores(), thread_name_prefix="latentmapper-field")
