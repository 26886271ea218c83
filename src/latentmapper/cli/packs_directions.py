"""`latentmapper packs directions`: the sliders of a pack, found and tested on its own shapes."""

from dataclasses import dataclass, field
from typing import Annotated

import tyro

from latentmapper.cli.packs import find_pack
from latentmapper.make.editing.recipe import DirectionsRecipe


@dataclass(frozen=True)
class PacksDirections:
    """Find what the shapes of a pack can be edited along, test it, and write it into the pack; its hash stays
    the same."""

    pack: Annotated[str, tyro.conf.Positional]
    """Folder of a pack, or the id or category of one that ships with this installation."""
    recipe: Annotated[DirectionsRecipe, tyro.conf.arg(name="")] = field(default_factory=DirectionsRecipe)
    """How they are found."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(PacksDirections, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.cli.logs import show_logs
    from latentmapper.editing.listing import table
    from latentmapper.make.editing.packing import add_directions

    show_logs()
    folder = find_pack(config.pack)
    found = add_directions(folder, config.recipe)
    print(table(found.sliders))
    print(f"{folder}: {len(found.sliders)} sliders")
    return 0
