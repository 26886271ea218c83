"""`latentmapper data features VIEWS -o FEATURES`: pictures become ViT descriptors."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.errors import UsageError


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    from latentmapper.cli.logs import show_logs
    from latentmapper.make.dataset.describer import open_vit
    from latentmapper.make.dataset.features import FeatureRecipe, describe_views
    from latentmapper.make.dataset.photo_features import describe_photos
    from latentmapper.make.dataset.views import HEADER, Views
    from latentmapper.photo.location import Location

    @dataclass(frozen=True)
    class Config:
        """Describe every picture with the ViT; run again to resume."""

        views: Annotated[Path, tyro.conf.Positional]
        """The pictures that `latentmapper data render` made, or a folder of photos."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder for the descriptors."""
        vit: Path | None = None
        """Another ViT's ONNX file; by default the bundled one."""
        location: Path | None = None
        """What `latentmapper train location` made: hidden tokens are then of the window that it finds, as in
        use; without it, of the window that the true mask gives."""
        recipe: Annotated[FeatureRecipe, tyro.conf.arg(name="")] = field(default_factory=FeatureRecipe)
        """How pictures are described."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    show_logs()
    rendered = (config.views / HEADER).is_file()
    if config.recipe.kind == "tokens" and not rendered:
        raise UsageError(f"--kind tokens: {config.views} holds no rendered views, and photos train no mapper")
    if config.location and config.recipe.kind != "tokens":
        raise UsageError("--location is for --kind tokens")
    if config.recipe.neighbours and config.recipe.kind != "tokens":
        raise UsageError("--neighbours is for --kind tokens")
    vit = open_vit(config.vit, config.recipe.precision)
    if rendered:
        location = Location.read(config.location) if config.location else None
        describe_views(Views.open(config.views), config.output, vit, config.recipe, location)
    else:
        describe_photos(config.views, config.output, vit, config.recipe)
    return 0
