"""`latentmapper train view FEATURES... -o RUN`: from where a picture was taken."""

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
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.view_reader import ViewRecipe, train_view

    @dataclass(frozen=True)
    class Config:
        """Train a network that tells from where a picture was taken, for a pack whose mapper does not; run
        again to resume."""

        features: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Folders of `latentmapper data features`, all of the kind that the pack's mapper reads."""
        stores: tuple[PlaceOption, ...]
        """The stores that hold the shapes shown: they tell under which licenses these stand."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run."""
        recipe: Annotated[ViewRecipe, tyro.conf.arg(name="")] = field(default_factory=ViewRecipe)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not config.features:
        raise UsageError("name at least one folder of features, made with: latentmapper data features")
    with training(config.device) as process:
        stores, features = open_stores(config.stores), [Features(path) for path in config.features]
        train_view(features, stores, config.output, config.recipe, process)
    return 0
