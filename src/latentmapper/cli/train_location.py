"""`latentmapper train location`: where in a picture the object is."""

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
    from latentmapper.make.dataset.describer import Precision, open_vit
    from latentmapper.make.dataset.views import Views
    from latentmapper.make.training.location import LocationRecipe, train_location

    @dataclass(frozen=True)
    class Config:
        """Learn to find the object in a picture, for a pack that looks closer at it."""

        views: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Pictures that `latentmapper data render` made; of several categories, all are found."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """The safetensors file to write."""
        vit: Path | None = None
        """Another ViT's ONNX file; by default the bundled one."""
        precision: Precision = "float32"
        """Of the ViT's products."""
        recipe: Annotated[LocationRecipe, tyro.conf.arg(name="")] = field(default_factory=LocationRecipe)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if config.output.is_dir():
        raise UsageError(f"-o {config.output} is a folder; name the file to write in it")
    views = [Views.open(path) for path in config.views]
    with training(config.device) as process:
        vit = open_vit(config.vit, config.precision, str(process.device))
        location, overlap = train_location(views, vit, config.recipe, process)
        if process.is_main:
            location.write(config.output, config.recipe.side)
            measured = "no held-out views to measure it on"
            if overlap is not None:
                measured = f"held-out masks overlap by {overlap.mask:.3f}, boxes by {overlap.box:.3f}"
            print(f"{config.output}: {measured}")
    return 0
