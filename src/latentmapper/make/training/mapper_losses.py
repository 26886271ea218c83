"""What a mapper is told of its answers: how far their shapes are from the true ones."""

from collections.abc import Mapping

import numpy as np
import torch

from latentmapper.make.dataset.store import ShapeData
from latentmapper.make.training.auto_decoding import clamped_l1, draw, prepare, samples_of
from latentmapper.make.training.distributed import Process
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.metric import metric_factor, metric_over
from latentmapper.make.training.shape_run import TrainedShape


class Losses:
    """Compares codes by the surfaces that a frozen shape model makes of them.

    Parameters
    ----------
    model : on the device of `process`.
    samples : training shapes by id.
    shown : the id of the shape that each training picture shows.
    """

    def __init__(
        self,
        model: TrainedShape,
        samples: Mapping[str, ShapeData],
        shown: list[str],
        recipe: MapperRecipe,
        process: Process,
    ) -> None:
        self._model, self._samples, self._shown = model, samples, shown
        self._recipe, self._process = recipe, process
        self._factor = metric_factor(metric_over(model, samples, recipe.metric_points))

    def entropy(self, weights: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Cross-entropy of bank weights (b, N) with soft targets: known shapes count by how little their
        surface differs from that of the target codes (b, d)."""
        apart = torch.cdist(target @ self._factor, self._model.codes @ self._factor)
        soft = (-0.5 * (apart / self._recipe.temperature).square()).softmax(-1)
        return -(soft * (weights + 1e-9).log()).sum(-1).mean()

    def displacement(self, code: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """(b,) how far apart the surfaces of codes (b, d) and of their targets lie; see `metric`."""
        return ((code - target) @ self._factor).square().sum(-1).add(1e-10).sqrt()

    def distance(self, code: torch.Tensor, drawn: np.ndarray, step: int) -> torch.Tensor:
        """L1 on clamped signed distances, for the first few pictures that show a stored shape.

        code : (b, d) of the own slots among those drawn (n b,) for all processes.
        """
        world, device = self._process.world, self._process.device
        chosen = [slot for slot, row in enumerate(drawn) if self._shown[row] in self._samples]
        chosen = chosen[: self._recipe.distance_shapes * world]
        own = [i for i, slot in enumerate(chosen) if slot % world == self._process.rank]
        if not own or not self._recipe.distance_weight:
            return code.sum() * 0
        samples = [samples_of(self._samples[self._shown[drawn[slot]]]) for slot in chosen]
        seed = (self._recipe.seed, 2, step)
        points, truth = draw(samples, np.arange(len(samples)), self._recipe.distance_points, seed)
        network = self._model.network
        prepared = prepare(network, code[[chosen[i] // world for i in own]], self._recipe.bfloat16)
        predicted = network.distances(prepared, points[own].to(device))
        share = len(own) * world / len(chosen)
        return share * clamped_l1(predicted, truth[own].to(device), self._model.recipe.clamp)
