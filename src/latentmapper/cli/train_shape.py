"""`latentmapper train shape STORE... -o RUN`: a store becomes a generative shape model."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.cli.logs import show_logs
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.shape import ShapeRecipe, train_shape

    @dataclass(frozen=True)
    class Config:
        """Train a generative shape model on a store; run again to resume."""

        stores: Annotated[tuple[Path, ...], tyro.conf.Positional]
        """Stores that `latentmapper data build` made, of one category."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run: recipe, checkpoint, log."""
        recipe: Annotated[ShapeRecipe, tyro.conf.arg(name="")] = field(default_factory=ShapeRecipe)
        """How it is trained."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    show_logs()
    train_shape(open_stores(config.stores), config.output, config.recipe)
    print(f"{config.output}: trained for {config.recipe.steps} steps")
    return 0
