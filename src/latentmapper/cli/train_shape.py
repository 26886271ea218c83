"""`latentmapper train shape STORE... -o RUN`: a store becomes a generative shape model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, TypeVar

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.recipes import named
from latentmapper.cli.training import Device, training
from latentmapper.extras import require

Recipe = TypeVar("Recipe")


@dataclass(frozen=True)
class Config(Generic[Recipe]):
    """Train a generative shape model on a store; run again to resume."""

    stores: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
    """Stores that `latentmapper data build` made, of one category."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder of the run: recipe, checkpoint, log."""
    recipe: Annotated[Recipe, tyro.conf.arg(name="")]
    """How it is trained."""
    start: Path | None = None
    """Another run of this model and its sizes, to go on from with more shapes or another recipe."""
    device: Device = "auto"


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.shape import train_shape
    from latentmapper.make.training.shape_run import RECIPES

    _, recipe = named(argv, RECIPES, "--model")
    default = Config(stores=tyro.MISSING, output=tyro.MISSING, recipe=recipe)
    config = tyro.cli(Config[type(recipe)], args=argv, prog=f"latentmapper {verb}", default=default)
    with training(config.device) as process:
        train_shape(open_stores(config.stores), config.output, config.recipe, process, config.start)
        if process.is_main:
            print(f"{config.output}: trained for {config.recipe.steps} steps")
    return 0
