"""What the stages of a run share: each begins with what the one before has learned."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from latentmapper.errors import RecipeError
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import Process

AUTO, ENCODER, JOINT = "auto-encoder", "encoder", "joint"
"""Names of stages: shapes to codes and back, pictures to codes, and pictures to shapes as a whole."""
BEST = "best"
"""Folder of a stage that holds the weights which did best on held-out shapes."""


class StageTask(ABC):
    """What the tasks of all stages share: one Adam, and the best weights on held-out data; see `loop.Task`.

    Parameters
    ----------
    modules : what the checkpoints hold, by name.
    trained : those of them that learn; the others are frozen.
    rate, betas : of Adam.
    folder : of the stage.
    process : where it trains; the modules are on its device.
    """

    def __init__(
        self,
        modules: Mapping[str, torch.nn.Module],
        trained: tuple[str, ...],
        rate: float,
        folder: Path,
        process: Process,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        self.modules, self.process = modules, process
        self._trained, self._best = trained, folder / BEST
        for name, module in modules.items():
            module.requires_grad_(name in trained)
        parameters = [parameter for name in trained for parameter in modules[name].parameters()]
        self.optimizers: list[Any] = [torch.optim.Adam(parameters, rate, betas)]
        self.state = {"best": 1e9}

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss of one step."""
        self._learn(True)
        return self.error(step), {}

    def validate(self, step: int) -> dict[str, float]:
        """The error on held-out data, where there is some."""
        self._learn(False)
        with torch.no_grad():
            error = self.held_out_error()
        if error is None:
            return {}
        if error < self.state["best"]:
            self.state["best"] = error
            checkpoint.save(self._best, step, self.modules, [])
        return {"held_out_error": error}

    @abstractmethod
    def error(self, step: int) -> torch.Tensor:
        """The loss on the batch of a step."""

    @abstractmethod
    def held_out_error(self) -> float | None:
        """The loss on held-out data, None where there is none."""

    def _learn(self, learning: bool) -> None:
        """Frozen modules keep the batch statistics that they were trained with."""
        for name, module in self.modules.items():
            module.train(learning and name in self._trained)


def convolving(bfloat16: bool, device: torch.device) -> torch.autocast:
    """The context for convolutions of a recipe with `bfloat16`: float32 on processors all the same.

    There PyTorch has no fast gradients of small convolutions in bfloat16; an encoder takes much longer.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=bfloat16 and device.type != "cpu")


def require_counts(batch: int, check_every: int, auto_steps: int, encoder_steps: int) -> None:
    """Raise `RecipeError` for a batch without statistics, or without a stage that the next one needs."""
    if check_every < 1:
        raise RecipeError(f"--check-every must be at least 1, not {check_every}")
    if batch < 2:
        raise RecipeError(f"--batch must be at least 2, not {batch}")
    if min(auto_steps, encoder_steps) < 1:
        raise RecipeError("--auto-steps and --encoder-steps must be at least 1")


def weights_of(folder: Path) -> Path:
    """The folder with a stage's weights: the best on held-out shapes where there were any, else the last."""
    best = folder / BEST
    return best if (best / checkpoint.NAME).is_file() else folder


def require_shares(parametric_share: float, *rates: float) -> None:
    """Raise `RecipeError` for a share that is none, or a rate at which nothing is learned."""
    if not 0 <= parametric_share <= 1:
        raise RecipeError(f"--parametric-share must lie in 0..1, not {parametric_share:g}")
    if rates and not min(rates) > 0:
        raise RecipeError(f"rates must be above 0, not {min(rates):g}")


def load_stage(folder: Path, modules: Mapping[str, torch.nn.Module]) -> None:
    """Read those weights into modules. Raises `StoreError` where they do not fit."""
    checkpoint.load(weights_of(folder), modules, [])
