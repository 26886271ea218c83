"""`latentmapper train location`: where in a picture the object is.

The head is one file, FILE; the run that makes it is the folder FILE.run beside it, with recipe, log,
checkpoint and, until it has ended, what the ViT made of its pictures.
"""

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
    from latentmapper.make.dataset.describer import open_vit
    from latentmapper.make.dataset.views import Views
    from latentmapper.make.training.location import LocationRecipe, train_location

    @dataclass(frozen=True)
    class Config:
        """Learn to find the object in a picture, for a pack that looks closer at it; run again to resume."""

        views: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Pictures that `latentmapper data render` made; of several categories, all are found."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """The safetensors file to write; the folder of its run stands beside it, named FILE.run."""
        vit: Path | None = None
        """Another ViT's ONNX file; by default the bundled one."""
        recipe: Annotated[LocationRecipe, tyro.conf.arg(name="")] = field(default_factory=LocationRecipe)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if config.output.is_dir():
        raise UsageError(f"-o {config.output} is a folder; name the file to write in it")
    views = [Views.open(path) for path in config.views]
    with training(config.device) as process:
        vit = open_vit(config.vit, config.recipe.precision, str(process.device))
        run = config.output.with_name(f"{config.output.name}.run")
        location, overlap = train_location(views, vit, run, config.recipe, process)
        if process.is_main:
            location.write(config.output, config.recipe.side)
            measured = "no held-out views to measure it on"
            if overlap is not None:
                measured = f"held-out masks overlap by {overlap.mask:.3f}, boxes by {overlap.box:.3f}"
            print(f"{config.output}: {measured}")
    return 0
