"""Deep Implicit Templates as one would write them down: the yardstick for a training step of ours.

The code stands beside every point, the cell and its gradients are PyTorch's own, and the loss is that of the
whole batch at once. Weights and losses are ours, so that both can be compared number by number.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from latentmapper.make.models.base import register_network
from latentmapper.make.models.dit import DIT, DITShape
from latentmapper.make.models.warper import STAGES, Template, Warper
from latentmapper.make.training.dit import DITTask
from latentmapper.make.training.dit_recipe import DITRecipe

KIND = "dit-plain"


def plain_warp(warper: Warper, codes: Tensor, points: Tensor) -> list[Tensor]:
    """Positions (b, n, 3) after each quarter of the steps, of points (b, n, 3) given codes (b, d)."""
    size, bias = points.shape, warper.shares.bias
    read = torch.cat([warper.shares.weight, warper.point.weight], 1)
    beside = codes[:, None].expand(-1, size[1], -1).flatten(0, 1)
    points, stages = points.flatten(0, 1), []
    state = (points.new_zeros(len(points), warper.affine.in_features),) * 2
    for step in range(1, warper.steps + 1):
        weights = read, warper.state.weight, bias, torch.zeros_like(bias)
        state = torch.lstm_cell(torch.cat([beside, points], 1), state, *weights)
        change = warper.affine(state[0])
        points = points * (1 + change[:, :3]) + change[:, 3:]
        if step % (warper.steps // STAGES) == 0:
            stages.append(points.view(size))
    return stages


def plain_template(template: Template, points: Tensor) -> Tensor:
    """Distances (...) at warped points (..., 3), no value dropped."""
    x = points
    for layer in template.hidden:
        assert isinstance(layer, nn.Linear)
        x = torch.relu(x @ layer.weight.T + layer.bias)
    return torch.tanh(x @ template.last.weight.T + template.last.bias)[..., 0]


class PlainTemplate(Template):
    """See `plain_template`."""

    def forward(self, points: Tensor) -> Tensor:
        """Distances (...) at warped points (..., 3), network units."""
        return plain_template(self, points)


class PlainDIT(DIT):
    """The same network with the same weights, by the two functions above."""

    def __init__(self, shape: DITShape) -> None:
        super().__init__(shape)
        self.template = PlainTemplate(shape.template_width, shape.template_layers, shape.dropout)

    def prepare(self, codes: Tensor) -> Tensor:
        """The codes themselves, (b, d)."""
        return codes

    def warped(self, prepared: Tensor, points: Tensor) -> list[Tensor]:
        """Where points (b, n, 3) lie on the template after each quarter of the warp, (b, n, 3) each."""
        return plain_warp(self.warper, prepared, self.folded(points))


@dataclass(frozen=True)
class PlainRecipe(DITRecipe):
    """A recipe of such a network: `PlainRecipe(**vars(recipe))`."""

    @property
    def kind(self) -> str:
        """Kind of network."""
        return KIND


class PlainTask(DITTask):
    """Its training, the whole batch at once."""

    def loss(self, step: int) -> tuple[Tensor, dict[str, Any]]:
        """The losses of `DITTask`."""
        return self._part(step / self.recipe.steps, *self.batch(step))


register_network(KIND, lambda fields: PlainDIT(DITShape(**fields)))
