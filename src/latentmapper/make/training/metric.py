"""How much a step in code space moves the surface: the code metric.

For a small step dc at code c, the signed distance at a surface point changes by J dc. The metric
G = mean of J^T J over shapes and surface points turns code differences into surface displacements,
so that a mapper is not asked to be right where the shape model does not care.
"""

from collections.abc import Mapping

import numpy as np
import torch

from latentmapper.make.dataset.store import ShapeData
from latentmapper.make.models.base import BOUND
from latentmapper.make.training.shape_run import TrainedShape


def code_metric(
    model: TrainedShape, surfaces: list[np.ndarray], codes: torch.Tensor, points: int = 48, seed: int = 0
) -> torch.Tensor:
    """(d, d) the metric G, network units squared.

    Parameters
    ----------
    surfaces : per shape (m, 3) float32 surface points, network units.
    codes : (n, d) their codes.
    """
    rng = np.random.default_rng(seed)
    metric = torch.zeros(codes.shape[1], codes.shape[1], dtype=torch.float64, device=codes.device)
    for surface, code in zip(surfaces, codes, strict=True):
        drawn = torch.from_numpy(surface[rng.integers(0, len(surface), points)]).to(codes.device)
        # One copy of the code per point: a single backward pass then gives every row of J.
        copies = code.repeat(points, 1).requires_grad_(True)
        values = model.network.distances(model.network.prepare(copies), drawn[:, None])
        (jacobian,) = torch.autograd.grad(values.sum(), copies)
        metric += (jacobian.T @ jacobian).double() / points
    return (metric / len(surfaces)).float()


def metric_over(
    model: TrainedShape, samples: Mapping[str, ShapeData], points: int, shapes: int = 48
) -> torch.Tensor:
    """The code metric over evenly spaced training shapes.

    Parameters
    ----------
    samples : data of the training shapes, by id.
    points : surface points of each shape that are looked at.
    shapes : about how many shapes.
    """
    spaced = range(0, len(model.ids), max(1, len(model.ids) // shapes))
    chosen = [i for i in spaced if model.ids[i] in samples]
    surfaces = [samples[model.ids[i]].surface_points / BOUND for i in chosen]
    return code_metric(model, surfaces, model.codes[chosen], points)


def metric_factor(metric: torch.Tensor) -> torch.Tensor:
    """(d, d) a matrix F with F F^T = G, so that |dc F| is the root-mean-square displacement of dc."""
    values, vectors = torch.linalg.eigh(metric.double())
    return (vectors * values.clamp_min(0).sqrt()).float()
