"""What each of two processes does in `test_distributed`; run as a module, with what `torchrun` sets."""

import os
import sys
from pathlib import Path

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


if __name__ == "__main__":
    sys.modules["torch.utils.tensorboard"] = None  # type: ignore[assignment]  # which takes seconds to import
    if sys.argv[1] == "fail":
        sys.exit(fail(sys.argv[2:]))
    train_all(Path(sys.argv[1]))
