"""`latentmapper train shape STORE -o RUN`: a store becomes a generative shape model."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.cli.logs import show_logs
    from latentmapper.make.dataset.store import Store
    from latentmapper.make.training.shape import ShapeRecipe, train_shape

    @dataclass(frozen=True)
    class Config:
        """Train a generative shape model on a store; run again to resume."""

        store: Annotated[Path, tyro.conf.Positional]
        """The store that `latentmapper data build` made."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run: recipe, checkpoint, log."""
        recipe: Annotated[ShapeRecipe, tyro.conf.arg(name="")] = field(default_factory=ShapeRecipe)
        """How it is trained."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    show_logs()
    train_shape(Store.open(config.store), config.output, config.recipe)
    print(f"{config.output}: trained for {config.recipe.steps} steps")
    return 0
