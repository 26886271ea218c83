"""`latentmapper train autoencoder FEATURES... -o RUN`: descriptors to a few numbers each."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.errors import UsageError
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.cli.recipes import named
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.training.autoencoder import RECIPES, AutoencoderRecipe, train_autoencoder

    name, default = named(argv, RECIPES)

    @dataclass(frozen=True)
    class Config:
        """Train an autoencoder of descriptors, whose bottleneck a mapper reads; run again to resume."""

        features: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Folders of `latentmapper data features`, all of one kind."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run."""
        recipe_name: Annotated[str, tyro.conf.arg(name="recipe")] = name
        """Options to start from: default, or autoencoder-paper for that of the paper."""
        recipe: Annotated[AutoencoderRecipe, tyro.conf.arg(name="")] = field(default_factory=lambda: default)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not config.features:
        raise UsageError("name at least one folder of features, made with: latentmapper data features")
    with training(config.device) as process:
        train_autoencoder([Features(path) for path in config.features], config.output, config.recipe, process)
    return 0
