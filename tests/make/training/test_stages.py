"""What the stages of a run share."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE
from latentmapper.make.training.stages import StageTask, weights_of


class Told(StageTask):
    """Its errors on held-out data are told in advance."""

    def __init__(self, folder: Path, errors: list[float]) -> None:
        self.layer = torch.nn.Linear(1, 1)
        super().__init__({"layer": self.layer}, ("layer",), 1e-3, folder, ALONE)
        self.errors = iter(errors)

    def error(self, step: int) -> torch.Tensor:
        return self.layer(torch.ones(1, 1)).sum()

    def held_out_error(self) -> float | None:
        return next(self.errors)


def test_the_weights_of_the_least_error_are_kept_not_those_of_the_last(tmp_path: Path) -> None:
    task = Told(tmp_path, [3.0, 1.0, float("nan"), 2.0])
    for step in range(1, 5):
        task.layer.weight.data.fill_(step)
        task.validate(step)
    assert checkpoint.step_of(weights_of(tmp_path)) == 2
    again = torch.nn.Linear(1, 1)
    checkpoint.load(weights_of(tmp_path), {"layer": again}, [])
    assert again.weight.item() == 2


def test_a_run_that_goes_on_knows_what_did_best_before(tmp_path: Path) -> None:
    first = Told(tmp_path, [1.0])
    first.validate(1)
    later = Told(tmp_path, [2.0])
    later.state.update(first.state)
    later.validate(2)
    assert checkpoint.step_of(weights_of(tmp_path)) == 1
