"""`latentmapper packs render`: the shapes that a pack knows, to pictures."""

from dataclasses import dataclass, field
from typing import Annotated

import tyro

from latentmapper.cli.execution import Execution
from latentmapper.cli.logs import show_logs
from latentmapper.cli.packs import find_pack
from latentmapper.cli.places import PlaceOption
from latentmapper.cli.progress import counted
from latentmapper.make.dataset.view_recipe import ViewRecipe


@dataclass(frozen=True)
class Config:
    """Render every shape that a pack knows, as its code decodes, from many sides; run again to go on where it
    stopped."""

    pack: Annotated[str, tyro.conf.Positional]
    """Folder of a pack, or the id or category of one that ships with this installation."""
    output: Annotated[PlaceOption, tyro.conf.arg(aliases=["-o"])]
    """Folder for the views."""
    resolution: int = 96
    """Cells along each side of the lattice in which surfaces are found."""
    recipe: Annotated[ViewRecipe, tyro.conf.arg(name="")] = field(default_factory=ViewRecipe)
    """What the pictures show."""
    workers: int | None = None
    """Shapes at a time; as many as there are cores by default."""
    execution: Annotated[Execution, tyro.conf.arg(name="")] = field(default_factory=Execution)
    """Where the work is done."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.pack_views import render_pack
    from latentmapper.pack import Pack
    from latentmapper.shapes.extraction import rounded

    rounded(config.resolution)
    show_logs()
    executor = config.execution.choose(config.workers)
    pack = Pack.open(find_pack(config.pack))
    records = render_pack(pack, config.output, config.recipe, config.resolution, executor, counted)
    total = sum(record.views for record in records)
    print(f"{config.output}: {total} views of {len(records)} shapes")
    return 0
