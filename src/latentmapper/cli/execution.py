"""Choosing where the tasks of a command are done."""

from dataclasses import dataclass
from typing import Annotated, Literal

import tyro

from latentmapper.errors import UsageError
from latentmapper.executors import Executor, LocalExecutor, RayExecutor


@dataclass(frozen=True)
class Execution:
    """Where the work is done: docs/scale.md."""

    executor: Literal["local", "ray"] = "local"
    """Processes of this machine, or Ray (extra scale)."""
    ray_address: Annotated[str | None, tyro.conf.arg(metavar="auto|HOST:PORT")] = None
    """A running Ray cluster, which shares this folder; auto is that of this machine. Without it, --executor
    ray starts one here, for the time of the run."""

    def __post_init__(self) -> None:
        if self.ray_address is not None and self.executor != "ray":
            raise UsageError("--ray-address is for --executor ray")

    def choose(self, workers: int | None, locally: int | None = None, threads: int | None = None) -> Executor:
        """The executor.

        Parameters
        ----------
        workers : tasks at a time, as the user says.
        locally : the same on this machine where the user does not; None means a task for each core.
        threads : of a task on Ray; one if None.

        Raises
        ------
        UsageError : less than one of either.
        """
        if self.executor == "ray":
            return RayExecutor(self.ray_address, workers, 1 if threads is None else threads)
        return LocalExecutor(locally if workers is None else workers)
