"""What it costs to train Deep Implicit Templates: points a second, and hours an epoch.

    python benchmarks/dit_training.py [--shapes 3236] [--json FILE]

One step is timed, forward and backward through all four stages, on two shapes; processor seconds, the
better of two. An epoch shows every shape once, with as many points as the recipe draws.
"""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import tyro

from latentmapper import files
from latentmapper.make.models.base import build_network
from latentmapper.make.training.dit_losses import progressive_l1
from latentmapper.make.training.dit_recipe import DIT_PAPER, DIT_SMALL, DITRecipe


@dataclass(frozen=True)
class Config:
    """What to measure."""

    shapes: int = 3236
    """Shapes of an epoch; as many airplanes of ShapeNet are trained on in 80 of 100."""

    points: int = 512
    """Points of each of two shapes that are timed."""

    json: Path | None = None
    """File to write the figures to."""


def main(config: Config) -> None:
    """Measure both recipes, in float32 and with bfloat16 products, a line each."""
    rows = []
    for recipe in (DIT_SMALL, DIT_PAPER):
        for bfloat16 in (False, True):
            speed = points_per_second(replace(recipe, bfloat16=bfloat16), config.points)
            hours = config.shapes * recipe.points_per_shape / speed / 3600
            rows.append({"recipe": recipe.model, "bfloat16": bfloat16, "speed": speed, "hours": hours})
            name = f"{recipe.model}{' bfloat16' if bfloat16 else ''}"
            print(f"{name:20}{speed:8.0f} points/s{hours:8.2f} hours an epoch")
    if config.json:
        files.write_json(config.json, rows)


def points_per_second(recipe: DITRecipe, points: int) -> float:
    """Points a processor second in a training step."""
    torch.manual_seed(0)
    network = build_network(recipe.kind, asdict(recipe.shape))
    network.use_bfloat16(recipe.bfloat16)
    codes, where = torch.randn(2, network.code_size), torch.rand(2, points, 3)
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        stages = network.warped(network.prepare(codes), where)
        distances = network.template(torch.stack(stages))
        progressive_l1(list(distances), torch.zeros(2, points), recipe.clamp).backward()
        seconds.append(time.process_time() - begun)
    return 2 * points / min(seconds[1:])  # the first pays for memory


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(tyro.cli(Config, description=__doc__))
