"""`latentmapper packs view`: a finished pack tells from where a photo was taken."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.packs import find_pack
from latentmapper.extras import require


@dataclass(frozen=True)
class Config:
    """Write a pack that also tells from where photos are taken, and answers with the same shapes."""

    pack: Annotated[str, tyro.conf.Positional]
    """Folder of a pack, or the id or category of one that ships with this installation."""
    run: Annotated[Path, tyro.conf.Positional]
    """Folder of `latentmapper train view`."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder of the new pack."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    require("torch", extra="train")
    from latentmapper.make.view_branch import add_view

    metadata = add_view(find_pack(config.pack), config.run, config.output)
    print(f"{config.output}: pack {metadata['id']} tells {', '.join(metadata['view'])} of a photo's view")
    return 0
