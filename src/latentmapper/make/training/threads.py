"""Threads for what is independent within a step: each computes on one core."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import torch


@cache
def threads(count: int) -> ThreadPoolExecutor:
    """So many threads, kept for the whole run."""
    return ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))
