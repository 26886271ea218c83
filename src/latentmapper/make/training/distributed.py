"""The processes that train one run together, as `torchrun` starts them, and the device of each.

Every step is drawn once, for all of them: each process works on its share and averages gradients with the
others (data parallelism; Li et al., "PyTorch distributed", VLDB 2020), so that n processes learn what one
learns with a batch n times as large.
"""

import atexit
import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from latentmapper.errors import GO_ON, LatentMapperError
from latentmapper.make.device import choose
from latentmapper.make.training.batch_norm import synchronise
from latentmapper.make.training.collectives import Sum

# Others wait while the first one prepares data; a process that has died closes its connections at once.
PATIENCE = timedelta(days=2)
CPU = torch.device("cpu")
LETTING_GO = 0.3
"""Seconds at the end for threads that PyTorch itself may still hold: far more than they need."""

StepLoss = Callable[[int], tuple[torch.Tensor, dict[str, float]]]
"""Number of a step -> its loss, and what to log with it."""


@dataclass(frozen=True)
class Process:
    """This process: its number among those that train a run, and the device it computes on.

    The items of a step have slots 0, 1, 2, ...; process r of n works on the slots r, r + n, r + 2n, ...
    """

    rank: int = 0
    world: int = 1
    """How many processes there are."""
    device: torch.device = CPU

    @property
    def is_main(self) -> bool:
        """Whether it is the one that writes and tells."""
        return self.rank == 0

    @property
    def own(self) -> slice:
        """The slots of a step that are its own."""
        return slice(self.rank, None, self.world)

    def even(self, rows: np.ndarray) -> np.ndarray:
        """Items of a step (n,), the first ones twice where they could not be shared out evenly."""
        return np.resize(rows, -(-len(rows) // self.world) * self.world)

    def seed(self, seed: int) -> int:
        """A seed of this process's own, for what is random inside a network."""
        return seed ^ (self.rank << 32)

    def wait(self) -> None:
        """Until all processes are here."""
        if self.world > 1:
            dist.all_reduce(torch.zeros(1))

    @contextmanager
    def main_first(self) -> Iterator[None]:
        """What is within is done by the main process; the others do it afterwards, and find it done."""
        if not self.is_main:
            self.wait()
        yield
        if self.is_main:
            self.wait()

    def told(self, value: bool) -> bool:
        """The main process's answer in place of this one's."""
        answer = torch.tensor(float(value))
        self.share(answer)
        return bool(answer)

    def share(self, value: torch.Tensor) -> None:
        """Write the main process's values over this one's."""
        if self.world > 1:
            dist.broadcast(value, 0)

    def mean(self, value: torch.Tensor) -> torch.Tensor:
        """The mean over processes, without gradients."""
        if self.world == 1:
            return value
        return Sum.apply(value.detach()) / self.world

    def share_of(self, count: torch.Tensor) -> torch.Tensor:
        """What a sum over own items is divided by, so that all processes' mean is that over all items.

        count : of the own items; all processes may have none.
        """
        return self.mean(count).clamp_min(1 / self.world)

    def means(self, values: Mapping[str, float]) -> dict[str, float]:
        """The same of numbers by name."""
        if self.world == 1:
            return dict(values)
        means = self.mean(torch.tensor(list(values.values()), dtype=torch.float64))
        return dict(zip(values, means.tolist(), strict=True))

    def gather(self, own: torch.Tensor) -> torch.Tensor:
        """What is known of all slots (n b, ...), with gradients, of what each process made (b, ...)."""
        if self.world == 1:
            return own
        every = own.new_zeros(len(own) * self.world, *own.shape[1:])
        every[self.own] = own
        return Sum.apply(every)

    def parallel(self, loss: StepLoss, modules: Iterable[nn.Module]) -> StepLoss:
        """The loss, such that its gradients of the modules' parameters are averaged over processes."""
        if self.world == 1:
            return loss
        parameters = [each for module in modules for each in synchronise(module, self.world).parameters()]
        # All steps are alike, and so is what a recipe does without: the first one tells.
        return DistributedDataParallel(_Loss(loss, parameters), static_graph=True)


ALONE = Process()
"""One process, on the processor."""


class _Loss(nn.Module):
    """A loss as a module that holds whatever it is differentiated by; buffers are alike in all processes."""

    def __init__(self, loss: StepLoss, parameters: Iterable[nn.Parameter]) -> None:
        super().__init__()
        self._loss = loss
        self.parts = nn.ParameterList(parameters)

    def forward(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        return self._loss(step)


@contextmanager
def started(device: str) -> Iterator[Process]:
    """This process among those that `torchrun` has started, or alone.

    Parameters
    ----------
    device : see `device.choose`.

    Raises
    ------
    UsageError : the device is not there.
    LatentMapperError : another process has ended before its time.
    """
    rank, world, local = (int(os.environ.get(key, default)) for key, default in _VARIABLES.items())
    process = Process(rank, world, choose(device, local, world > 1))
    if process.device.type == "cuda":
        torch.cuda.set_device(process.device)
    if world == 1:
        yield process
        return
    dist.init_process_group(timeout=PATIENCE)  # gloo between processors, NCCL between GPUs
    atexit.register(_part)
    try:
        yield process
    except RuntimeError as error:
        if not _lost(error):
            raise
        told = f"process {rank} of {world} has lost another one, whose own message says why"
        raise LatentMapperError(f"{told}; {GO_ON}") from error
    dist.destroy_process_group()  # not where something failed: that would wait for the others


def _part() -> None:
    """Let gloo's threads let go of their last tensors while Python still runs.

    One that does so later aborts the process, whose work is done (PyTorch's issue 190489). Where something
    failed, destroying the group would wait for the others: `abort` closes the connections first.
    """
    if (group := dist.group.WORLD) is not None:
        group.abort()
        dist.destroy_process_group()
    gc.collect()  # what holds the group, and ends its threads
    time.sleep(LETTING_GO)


_VARIABLES = {"RANK": 0, "WORLD_SIZE": 1, "LOCAL_RANK": 0}
"""What `torchrun` sets in the environment, and what holds without."""


def _lost(error: Any) -> bool:
    """Whether an error says that another process is gone."""
    return isinstance(error, dist.DistError) or "peer" in str(error).lower()
