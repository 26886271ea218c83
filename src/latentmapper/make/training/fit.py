"""The code of a new mesh, by optimisation through the frozen shape model (DeepSDF, equation 10)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from latentmapper.make.training.shape import TrainedShape, clamped_l1, draw


@dataclass(frozen=True)
class FitRecipe:
    """How codes are fitted."""

    steps: int = 200
    """Adam steps."""
    points: int = 4096
    """Points of a step."""
    rate: float = 2e-2
    """Adam's rate, falling along a cosine."""
    penalty: float = 1e-4
    """Weight of the squared distance to the mean code."""
    batch: int = 16
    """Shapes fitted at once."""
    seed: int = 0
    """Seed of the points drawn."""


def fit_codes(
    model: TrainedShape, points: list[np.ndarray], distances: list[np.ndarray], recipe: FitRecipe
) -> tuple[np.ndarray, np.ndarray]:
    """Codes (n, d) of shapes given by samples, and the L1 (n,) each ends with, network units.

    Parameters
    ----------
    points, distances : per shape (m, 3) float32 and (m,) float32, canonical frame.
    """
    codes, errors = [], []
    for start in range(0, len(points), recipe.batch):
        part = slice(start, start + recipe.batch)
        code, error = _fit_batch(model, points[part], distances[part], recipe)
        codes.append(code)
        errors.append(error)
    return np.concatenate(codes), np.concatenate(errors)


def _fit_batch(
    model: TrainedShape, points: Any, distances: Any, recipe: FitRecipe
) -> tuple[np.ndarray, np.ndarray]:
    mean = model.codes.mean(0)
    codes = mean.repeat(len(points), 1).requires_grad_(True)
    optimizer = torch.optim.Adam([codes], recipe.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.steps, recipe.rate * 0.05)
    rows = np.arange(len(points))
    for step in range(recipe.steps):
        drawn, truth = draw(points, distances, rows, recipe.points, (recipe.seed, step))
        predicted = model.network.distances(model.network.prepare(codes), drawn)
        # Summed over shapes, so that each shape's step does not depend on how many are fitted beside it.
        loss = clamped_l1(predicted, truth, model.recipe.clamp) * len(points)
        loss = loss + recipe.penalty * (codes - mean).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        drawn, truth = draw(points, distances, rows, recipe.points, (recipe.seed, recipe.steps))
        clamp = model.recipe.clamp
        predicted = model.network.distances(model.network.prepare(codes), drawn)
        errors = (predicted.clamp(-clamp, clamp) - truth.clamp(-clamp, clamp)).abs().mean(1)
    return codes.detach().numpy(), errors.numpy()
