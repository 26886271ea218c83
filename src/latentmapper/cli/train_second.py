"""`latentmapper train second FEATURES... --pack PACK -o RUN`: a second mapper for a finished pack."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.packs import find_pack
from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.errors import UsageError
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.training.second import train_second
    from latentmapper.make.training.second_run import SecondRecipe
    from latentmapper.pack import Pack

    @dataclass(frozen=True)
    class Config:
        """Train a mapper that reads what a classifier of photographs sees, for a pack whose own mapper reads
        the ViT; run again to resume."""

        features: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Folders of `latentmapper data features --kind efficientnet`, of pictures that show shapes which the
        pack knows, such as `latentmapper packs render` makes."""
        pack: str
        """Folder of the pack, or the id or category of one that ships with this installation."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run."""
        recipe: Annotated[SecondRecipe, tyro.conf.arg(name="")] = field(default_factory=SecondRecipe)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not config.features:
        made = "latentmapper data features --kind efficientnet"
        raise UsageError(f"name at least one folder of features, made with: {made}")
    with training(config.device) as process:
        pack, features = Pack.open(find_pack(config.pack)), [Features(path) for path in config.features]
        train_second(pack, features, config.output, config.recipe, process)
    return 0
