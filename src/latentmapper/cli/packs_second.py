"""`latentmapper packs second`: a finished pack asks a second mapper besides its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.packs import find_pack
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.second_pack import SecondUse, add_second

    @dataclass(frozen=True)
    class Config:
        """Write a pack that asks two mappers what a photo shows: its own, and one that reads what a
        classifier of photographs sees. Its results have to be measured anew."""

        pack: Annotated[str, tyro.conf.Positional]
        """Folder of a pack, or the id or category of one that ships with this installation."""
        run: Annotated[Path, tyro.conf.Positional]
        """Folder of `latentmapper train second`."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the new pack."""
        id: str | None = None
        """Name and version of the new pack; by default those of the pack."""
        use: Annotated[SecondUse, tyro.conf.arg(name="")] = field(default_factory=SecondUse)
        """How much it relies on it."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    metadata = add_second(find_pack(config.pack), config.run, config.output, config.use, config.id)
    print(f"{config.output}: pack {metadata['id']} asks a second mapper besides its own")
    return 0
