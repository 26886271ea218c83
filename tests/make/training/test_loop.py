"""The training loop, with as little to train as there can be."""

from math import nan
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from latentmapper.errors import TrainingError
from latentmapper.make.training import checkpoint, log
from latentmapper.make.training.distributed import ALONE
from latentmapper.make.training.log import read_log
from latentmapper.make.training.loop import train


class Counting:
    """A task that keeps the steps that it is asked for; see `loop.Task`."""

    def __init__(self) -> None:
        self.process, self.state, self.asked = ALONE, {"best": 1.0}, list[int]()
        self.modules = {"module": torch.nn.Linear(1, 1)}
        self.optimizers: list[Any] = [torch.optim.Adam(self.modules["module"].parameters())]

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        self.asked.append(step)
        return self.modules["module"](torch.ones(1, 1)).sum(), {}

    def validate(self, step: int) -> dict[str, float]:
        return {f"held_out_{name}": value for name, value in self.state.items()}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_tensorboard", lambda _: None)


@pytest.mark.parametrize(("before", "after"), [(12, 6), (6, 12)])
def test_a_run_of_other_batches_goes_on_at_the_same_pass(tmp_path: Path, before: int, after: int) -> None:
    """Of four passes two are done when there are twice as many processes, or half of them."""
    train(Counting(), tmp_path, 2 * before, 1.0, log_every=before, check_every=before, epoch=before)
    task = Counting()
    train(task, tmp_path, 4 * after, 1.0, log_every=after, check_every=after, epoch=after)
    assert task.asked == list(range(2 * after, 4 * after))
    assert checkpoint.step_of(tmp_path) == 4 * after and task.state == {"best": 1.0}
    told = [entry for entry in read_log(tmp_path / "log.jsonl") if "loss" in entry]
    assert [entry["step"] for entry in told] == [after * done for done in (1, 2, 3, 4)]


def test_a_kill_before_the_next_checkpoint_changes_nothing(tmp_path: Path) -> None:
    train(Counting(), tmp_path, 12, 1.0, log_every=6, epoch=6)
    for _ in range(2):
        task = Counting()
        task.validate = _killed
        with pytest.raises(KeyboardInterrupt):
            train(task, tmp_path, 12, 1.0, log_every=3, check_every=3, epoch=3)
        assert task.asked == [6, 7, 8]
        assert [entry["step"] for entry in read_log(tmp_path / "log.jsonl")] == [3, 6, 9]


def test_runs_that_count_steps_go_on_at_the_same_step(tmp_path: Path) -> None:
    train(Counting(), tmp_path, 4, 1.0)
    task = Counting()
    train(task, tmp_path, 6, 1.0)
    assert task.asked == [4, 5] and checkpoint.extra_of(tmp_path) == {"best": 1.0}


def test_a_loss_that_is_no_number_ends_the_run_before_it_becomes_a_checkpoint(tmp_path: Path) -> None:
    task = Counting()
    task.loss = lambda step: (
        task.modules["module"](torch.ones(1, 1)).sum() * (nan if step == 5 else 1.0),
        {},
    )
    with pytest.raises(TrainingError, match=r"the loss of step 6 is no number any more.* lower rate"):
        train(task, tmp_path, 9, 1.0, log_every=2, save_every=3)
    assert checkpoint.step_of(tmp_path) == 3
    assert [entry["step"] for entry in read_log(tmp_path / "log.jsonl")] == [2, 4]


def _killed(step: int) -> dict[str, float]:
    raise KeyboardInterrupt
