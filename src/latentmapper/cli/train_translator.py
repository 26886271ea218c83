"""`latentmapper train translator PHOTOS VIEWS... -o RUN`: photos to pictures that look like renders."""

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
    from latentmapper.make.dataset.views import Views
    from latentmapper.make.training.translator import train_translator
    from latentmapper.make.training.translator_recipe import RECIPES, TranslatorRecipe
    from latentmapper.photo.translation import GRAPH

    name, default = named(argv, RECIPES)

    @dataclass(frozen=True)
    class Config:
        """Train a CycleGAN between photos and renders, neither paired nor aligned; run again to resume."""

        photos: Annotated[Path, tyro.conf.Positional]
        """Folder of photos, searched recursively; best cut out, as `latentmapper photos cut` does it."""
        views: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Pictures that `latentmapper data render` made."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run."""
        recipe_name: Annotated[str, tyro.conf.arg(name="recipe")] = name
        """Options to start from: cyclegan-small, or cyclegan-paper for that of the paper."""
        recipe: Annotated[TranslatorRecipe, tyro.conf.arg(name="")] = field(default_factory=lambda: default)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not config.photos.is_dir():
        raise UsageError(f"{config.photos} is not a folder of photos")
    views = [Views.open(path) for path in config.views]
    with training(config.device, config.recipe.bfloat16) as process:
        learned = train_translator(config.photos, views, config.output, config.recipe, process)
        if process.is_main:
            photos = f"{len(learned.photos)} photos ({learned.skipped} skipped)"
            print(f"{config.output / GRAPH}: learned from {photos} and {len(learned.renders)} renders")
    return 0
