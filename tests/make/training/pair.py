"""What each of two processes does in `test_distributed`, with what `torchrun` sets.

Run as a module, it takes jobs as lines of JSON, forks two processes for each, and answers with their exit
codes: importing PyTorch takes longer than what they do, and is done once for all of them.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

from latentmapper.cli import run
from latentmapper.errors import StoreError
from latentmapper.make.training.distributed import started
from latentmapper.make.training.triplane import TriplaneTask
from tests.make.training.tiny_runs import RUNS, STEPS, train_shape_run


def train_all(root: Path) -> None:
    """Every recipe, and the first and the second half of some that one process trains the other half of."""
    with started("cpu") as process:
        for name, train in RUNS.items():
            train(root, root / "pair" / name, process)
        for name in ("triplane", "dit"):
            train_shape_run(name, root, root / "two-then-one" / name, process, STEPS // 2)
            train_shape_run(name, root, root / "one-then-two" / name, process)


def fail(arguments: list[str]) -> int:
    """Run a command in which the second process fails in the third step."""
    loss = TriplaneTask.loss

    def failing(self: TriplaneTask, step: int):
        if step == 2 and os.environ["RANK"] == "1":
            raise StoreError("the disk of this one is gone")
        return loss(self, step)

    TriplaneTask.loss = failing
    return run(arguments)


def serve() -> None:
    """Jobs from standard input: "arguments", "environment" of both, and "errors", a file for each."""
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])  # the first optimiser imports half of PyTorch
    for line in sys.stdin:
        job = json.loads(line)
        ranks = [fork(rank, job) for rank in range(2)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(rank, 0)[1]) for rank in ranks]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


def fork(rank: int, job: dict[str, Any]) -> int:
    """The id of a process that does its part of a job; it does not return there."""
    if child := os.fork():
        return child
    signal.alarm(job["patience"])  # ends what hangs
    os.environ.update(job["environment"], RANK=str(rank), LOCAL_RANK=str(rank))
    with Path(job["errors"][rank]).open("w") as told, Path(os.devnull).open("w") as nothing:
        os.dup2(told.fileno(), 2)
        os.dup2(nothing.fileno(), 1)
    if job["arguments"][0] == "fail":
        sys.exit(fail(job["arguments"][1:]))
    train_all(Path(job["arguments"][0]))
    sys.exit()


if __name__ == "__main__":
    sys.modules["torch.utils.tensorboard"] = None  # type: ignore[assignment]  # which takes seconds to import
    serve()
