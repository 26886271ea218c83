"""The code of a new mesh, by optimisation through the frozen shape model (DeepSDF, equation 10)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from latentmapper.errors import RecipeError
from latentmapper.make.training.auto_decoding import Samples, clamped_l1, draw, prepare
from latentmapper.make.training.pieces import AT_ONCE, by_shape
from latentmapper.make.training.recipe import require_least
from latentmapper.make.training.shape_run import TrainedShape

START_POINTS = 512
"""Points of a shape by which its start is chosen."""


@dataclass(frozen=True)
class FitRecipe:
    """How codes are fitted."""

    steps: int | None = None
    """Adam steps; by default 200, for Deep Implicit Templates 500."""
    points: int | None = None
    """Points of a step; by default 4096, for Deep Implicit Templates 10000."""
    rate: float | None = None
    """Adam's rate, falling along a cosine; by default 0.02, for Deep Implicit Templates 0.005."""
    penalty: float = 1e-4
    """Weight of the squared distance to the mean code."""
    batch: int | None = None
    """Shapes fitted at once; by default 16, for Deep Implicit Templates 2, which take more memory."""
    starts: int | None = None
    """Known codes, evenly chosen, of which the one nearest to the shape is the start; 0 starts at their mean.
    By default 256, for Deep Implicit Templates 0, as published."""
    seed: int = 0
    """Seed of the points drawn."""
    bfloat16: bool = False
    """Run products of hidden values in bfloat16; the error that a code ends with is measured without."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        require_least(self, steps=0, points=1, batch=1, starts=0, seed=0)
        if self.rate is not None and not self.rate > 0:
            raise RecipeError(f"--rate must be above 0, not {self.rate}")


@dataclass(frozen=True)
class Fit:
    """A recipe whose every field is decided."""

    steps: int = 200
    points: int = 4096
    rate: float = 2e-2
    penalty: float = 1e-4
    batch: int = 16
    starts: int = 256
    seed: int = 0
    bfloat16: bool = False


DEFAULTS = {
    # The encoding of 3D-LatentMapper, section 3.1.
    "dit": Fit(steps=500, points=10_000, rate=5e-3, batch=2, starts=0),
}
"""What a recipe leaves open, by kind of network."""


def decided(recipe: FitRecipe, kind: str) -> Fit:
    """What a recipe comes to, by kind of network."""
    given = {field.name: getattr(recipe, field.name) for field in fields(recipe)}
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(DEFAULTS.get(kind, Fit()), **chosen)


def fit_codes(
    model: TrainedShape, samples: Sequence[Samples], recipe: FitRecipe
) -> tuple[np.ndarray, np.ndarray]:
    """Codes (n, d) of shapes given by samples, and the L1 (n,) each ends with, network units.

    They are found on the device that the model is on.
    """
    fit, parts = decided(recipe, model.recipe.kind), batches(len(samples), recipe, model.recipe.kind)
    made = [_fit_batch(model, list(samples[part]), fit) for part in parts]
    return np.concatenate([codes for codes, _ in made]), np.concatenate([errors for _, errors in made])


def batches(count: int, recipe: FitRecipe, kind: str) -> list[slice]:
    """Which of so many shapes are fitted at once, by kind of network; a batch alone gives the same codes."""
    size = decided(recipe, kind).batch
    return [slice(start, start + size) for start in range(0, count, size)]


def _fit_batch(model: TrainedShape, samples: list[Samples], recipe: Fit) -> tuple[np.ndarray, np.ndarray]:
    rows, device = np.arange(len(samples)), model.codes.device

    def drawn_at(step: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        drawn, truth = draw(samples, rows, count, (recipe.seed, step))
        return drawn.to(device), truth.to(device)

    mean = model.codes.mean(0)
    codes = _starts(model, *drawn_at(recipe.steps + 1, START_POINTS), recipe.starts).requires_grad_(True)
    optimizer = torch.optim.Adam([codes], recipe.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.steps, recipe.rate * 0.05)
    for step in range(recipe.steps):
        # Summed over shapes, so that each shape's step does not depend on how many are fitted beside it.
        loss = _error(model, codes, *drawn_at(step, recipe.points), recipe.bfloat16) * len(samples)
        loss = loss + recipe.penalty * (codes - mean).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        drawn, truth = drawn_at(recipe.steps, recipe.points)
        predicted = model.network.distances(model.network.prepare(codes), drawn)
        errors = _errors(predicted, truth, model.recipe.clamp)
    return codes.detach().cpu().numpy(), errors.cpu().numpy()


def _error(
    model: TrainedShape, codes: torch.Tensor, points: torch.Tensor, truth: torch.Tensor, bfloat16: bool
) -> torch.Tensor:
    """Mean clamped L1 of codes (n, d) at points (n, m, 3).

    A network of coordinates is asked for few points at a time, which the processor's caches hold.
    """
    network, count = model.network, points.shape[1]

    def error(
        codes: torch.Tensor, points: torch.Tensor, truth: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        predicted = network.distances(prepare(network, codes, bfloat16), points)
        return clamped_l1(predicted, truth, model.recipe.clamp), {}

    if model.recipe.kind != "dit":
        return error(codes, points, truth)[0]
    parts = next((parts for parts in range(-(-count // AT_ONCE), count // 32 + 1) if count % parts == 0), 1)
    rows = codes.repeat_interleave(parts, 0), points.reshape(-1, count // parts, 3)
    network.use_bfloat16(bfloat16)
    try:
        return by_shape(error, [], *rows, truth.reshape(len(rows[0]), -1), cores=torch.get_num_threads())[0]
    finally:
        network.use_bfloat16(False)


@torch.no_grad()
def _starts(model: TrainedShape, drawn: torch.Tensor, truth: torch.Tensor, starts: int) -> torch.Tensor:
    """Where each code (n, d) begins, by samples of its shape. From the mean, a shape unlike most others may
    end torn, at a code far from all that are known."""
    count = len(drawn)
    if not starts:
        return model.codes.mean(0).repeat(count, 1)
    known = model.codes[:: max(1, len(model.codes) // starts)]
    errors = []
    for code in known:
        predicted = model.network.distances(model.network.prepare(code[None]), drawn.flatten(0, 1)[None])
        errors.append(_errors(predicted.view(count, START_POINTS), truth, model.recipe.clamp))
    return known[torch.stack(errors).argmin(0)]


def _errors(predicted: torch.Tensor, truth: torch.Tensor, clamp: float) -> torch.Tensor:
    """Clamped L1 (n,) of distances (n, m)."""
    return (predicted.clamp(-clamp, clamp) - truth.clamp(-clamp, clamp)).abs().mean(1)
