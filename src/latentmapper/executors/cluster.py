"""Tasks on a Ray cluster (Moritz et al., OSDI 2018): on other machines, or on a cluster of this one alone."""

import logging
import os
import platform
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from latentmapper.errors import GO_ON, UsageError, WorkerError
from latentmapper.executors.base import RETRIES, Executor, R, T, limit_threads
from latentmapper.extras import require
from latentmapper.processor import available_cores

logger = logging.getLogger(__name__)
PATIENCE = 10.0
"""Seconds that a cluster may take to answer."""


@dataclass(frozen=True)
class RayExecutor(Executor):
    """Workers of a Ray cluster, where the package is installed on every node.

    Tasks see the same paths as this process, from the same working directory: a folder that all nodes share.

    Raises `UsageError` for less than one worker or core.
    """

    address: str | None = None
    """Of a running cluster, "auto" for the one that this machine belongs to; None starts one on this machine,
    which ends with the run. A program that has called `ray.init` itself stays connected as it is."""
    workers: int | None = None
    """Tasks at a time; None takes as many as the cluster has cores for."""
    cores: int = 1
    """Of each task."""

    def __post_init__(self) -> None:
        for name, value in (("workers", self.workers), ("threads", self.cores)):
            if value is not None and value < 1:
                raise UsageError(f"--{name} must be at least 1, not {value}")

    @property
    def threads(self) -> int:
        """See `Executor`."""
        return self.cores

    def map(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """See `Executor`."""
        rest = iter(items)
        for first in rest:
            yield from self._on_cluster(task, chain([first], rest))  # which takes seconds to reach

    def _on_cluster(self, task: Callable[[T], R], items: Iterator[T]) -> Iterator[tuple[T, R]]:
        with self._connected() as ray:
            self._tell_of_waiting(ray)
            work = ray.remote(num_cpus=self.cores, max_retries=RETRIES)(_work)
            # Within a list references themselves are handed over, so that a worker reads the task only once.
            held = [ray.put(task), ray.put(str(Path.cwd()))]
            flying: dict[Any, T] = {}
            try:
                while True:
                    for item in islice(items, max(0, self._most(ray) - len(flying))):
                        flying[work.remote(held, item)] = item
                    if not flying:
                        return
                    for reference in _done(ray, flying):
                        item = flying.pop(reference)
                        yield item, _result(ray, reference, item)
            finally:
                for reference in flying:
                    ray.cancel(reference, force=True)

    def _most(self, ray: Any) -> int:
        """Tasks to have on their way: twice what is at work, so that no core waits for the next one.

        Asked anew each time, since clusters grow and nodes die.
        """
        return self.workers or max(2, 2 * int(ray.cluster_resources().get("CPU", 1)) // self.cores)

    def _tell_of_waiting(self, ray: Any) -> None:
        """Log that no node has the cores that a task asks for: Ray waits for one that has, without a word."""
        most = max((int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]), default=0)
        if most < self.cores:
            told = "--threads %d: no node of the cluster has more than %d cores; waiting for one that has"
            logger.warning(told, self.cores, most)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        ray = require("ray")
        if ray.is_initialized():
            yield ray
            return
        cores = max(self.cores, (self.workers or 0) * self.cores or available_cores())
        own = {"num_cpus": cores, "include_dashboard": False} if self.address is None else {}
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            _knock(self.address)
            ray.init(self.address or "local", **own, **quiet)
        except Exception as error:  # Ray raises this very class, and errors of its own
            raise UsageError(_unreachable(self.address, error)) from error
        try:
            yield ray
        finally:
            ray.shutdown()


def _knock(address: str | None) -> None:
    """Try HOST:PORT, for which Ray itself would try for minutes. Raises `OSError` where nobody answers."""
    host, colon, port = (address or "").rpartition(":")
    if colon and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), PATIENCE).close()


def _unreachable(address: str | None, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0]
    if address is None:
        return f"--executor ray: Ray does not start here ({reason})"
    fix = "start a cluster with ray start --head, or leave the option out"
    return f"--ray-address {address}: no Ray cluster answers ({reason}); {fix}"


def _done(ray: Any, flying: Iterable[Any]) -> list[Any]:
    """References of all tasks that are finished, once one is."""
    references = list(flying)
    ray.wait(references, num_returns=1)
    return ray.wait(references, num_returns=len(references), timeout=0)[0]


def _result(ray: Any, reference: Any, item: Any) -> Any:
    """What a task came to for an item. Raises what it raised, and `WorkerError` where workers died of it."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        reason = " ".join(str(error).split("\n")[0].split())
        fix = f"{GO_ON}, with fewer --workers if memory is short"
        raise WorkerError(f"a Ray worker died, {RETRIES + 1} times over ({reason}); {fix}", item) from error


_tasks: dict[str, Callable[[Any], Any]] = {}
"""The task of the run that a worker is at, by its reference."""


def _work(held: list[Any], item: Any) -> Any:
    """Do the task for one item, in a worker of the cluster."""
    key = held[0].hex()
    if key not in _tasks:
        _tasks.clear()
        _tasks[key] = _fetch(*held)
    return _tasks[key](item)


def _fetch(task: Any, folder: Any) -> Callable[[Any], Any]:
    """Go where the driver is, and read the task there: what it holds may open files by their paths.

    Raises `UsageError` where this node has no such folder.
    """
    limit_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))  # Ray sets it to the task's cores
    ray = require("ray")
    path = ray.get(folder)
    if not Path(path).is_dir():
        where = f"the node {platform.node()} has no {path}"
        raise UsageError(f"--executor ray: {where}; work in a folder that all nodes of the cluster share")
    os.chdir(path)
    return ray.get(task)
