"""What it costs to train Deep Implicit Templates: points a second, and hours an epoch.

    python benchmarks/dit_training.py [--shapes 3236] [--repeats 3] [--json FILE]

A few shapes are timed, forward and backward through all four stages, in the parts that each core of a run
takes them in: by processor seconds, median [least, most]. An epoch shows every shape once, with as many
points as the recipe draws; a run takes the recipe's steps; hours are by the median. Whole steps of dit-small,
and of its plain formulation, are timed by benchmarks/making.py.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import tyro
from measuring.spread import Spread, alternately

from latentmapper import files
from latentmapper.make.models.base import build_network
from latentmapper.make.training.dit import shapes_at_once
from latentmapper.make.training.dit_losses import progressive_l1
from latentmapper.make.training.dit_recipe import DIT_PAPER, DIT_SMALL, DITRecipe
from latentmapper.make.training.pieces import by_shape


@dataclass(frozen=True)
class Config:
    """What to measure."""

    shapes: int = 3236
    """Shapes of an epoch; as many airplanes of ShapeNet are trained on in 80 of 100."""

    repeats: int = 3
    """Runs of each, after one that does not count."""

    json: Path | None = None
    """File to write the figures to."""


def main(config: Config) -> None:
    """Measure both recipes, in float32 and with bfloat16 products, a line each."""
    rows = []
    for recipe in (DIT_SMALL, DIT_PAPER):
        for bfloat16 in (False, True):
            speed = points_per_second(replace(recipe, bfloat16=bfloat16), config.repeats)
            hours = config.shapes * recipe.points_per_shape / speed.median / 3600
            run = hours * recipe.steps * recipe.shapes_per_step / config.shapes
            row = {
                "recipe": recipe.model,
                "bfloat16": bfloat16,
                "speed": asdict(speed),
                "hours": hours,
                "run": run,
            }
            rows.append(row)
            name = f"{recipe.model}{' bfloat16' if bfloat16 else ''}"
            epoch = f"{f'{speed:.0f}':>22} points/s{hours:8.2f} hours an epoch"
            print(f"{name:20}{epoch}{run:10.1f} hours a run, on one core")
    if config.json:
        files.write_json(config.json, rows)


def points_per_second(recipe: DITRecipe, repeats: int) -> Spread:
    """Points a processor second in a training step."""
    torch.manual_seed(0)
    network = build_network(recipe.kind, asdict(recipe.shape))
    network.use_bfloat16(recipe.bfloat16)
    together = shapes_at_once(recipe)
    shapes, points = 2 * together, recipe.points_per_shape
    codes, where = torch.randn(shapes, network.code_size), torch.rand(shapes, points, 3)

    def loss(codes: torch.Tensor, where: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        stages = network.warped(network.prepare(codes), where)
        distances = network.template(torch.stack(stages))
        return progressive_l1(list(distances), torch.zeros(where.shape[:2]), recipe.clamp), {}

    def step() -> object:
        return by_shape(loss, list(network.parameters()), codes, where, cores=1, together=together)

    (seconds,) = alternately([step], repeats)
    return Spread.of(shapes * points / each for each in seconds)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(tyro.cli(Config, description=__doc__))
