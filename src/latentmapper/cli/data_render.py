"""`latentmapper data render`: the shapes of a store, or what a model makes of their codes, to pictures."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from latentmapper.cli.execution import Execution
from latentmapper.cli.logs import show_logs
from latentmapper.cli.places import PlaceOption
from latentmapper.cli.progress import counted
from latentmapper.cli.recipes import named
from latentmapper.errors import UsageError
from latentmapper.extras import require

if TYPE_CHECKING:
    from latentmapper.make.dataset.coded import DecodeRecipe


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; exit code 0 where everything that was asked for has its views."""
    from latentmapper.make.dataset.coded import DecodeRecipe
    from latentmapper.make.dataset.render_shapes import render_store
    from latentmapper.make.dataset.store import Store
    from latentmapper.make.dataset.view_recipe import RECIPES, ViewRecipe

    name, default = named(argv, RECIPES)

    @dataclass(frozen=True)
    class Config:
        """Render every shape of a store from many sides; run again to go on where it stopped."""

        store: Annotated[PlaceOption, tyro.conf.Positional]
        """The store that `latentmapper data build` made."""
        output: Annotated[PlaceOption, tyro.conf.arg(aliases=["-o"])]
        """Folder for the views."""
        splits: tuple[str, ...] = ()
        """Only shapes of these splits (train, validation, test); all of them by default."""
        decode: Path | None = None
        """A run of `latentmapper train shape`: render what it makes of the codes of the store's training
        shapes instead of their own meshes."""
        decoding: Annotated[DecodeRecipe, tyro.conf.arg(name="")] = field(default_factory=DecodeRecipe)
        """What is decoded, with --decode."""
        recipe_name: Annotated[str, tyro.conf.arg(name="recipe")] = name
        """Options to start from: photos, from anywhere around; views-paper, the paper's nine views from a
        camera that stands still; or views-paper-circle, twelve of them, all around."""
        recipe: Annotated[ViewRecipe, tyro.conf.arg(name="")] = field(default_factory=lambda: default)
        """What the pictures show."""
        workers: int | None = None
        """Shapes at a time; as many as there are cores by default."""
        execution: Annotated[Execution, tyro.conf.arg(name="")] = field(default_factory=Execution)
        """Where the work is done."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    _refuse_without_decode(config.decode, config.decoding)
    if config.decode and config.splits:
        raise UsageError("--splits is for original meshes, and --decode takes the shapes that its run knows")
    store, executor = Store.open(config.store), config.execution.choose(config.workers)
    show_logs()
    if config.decode is None:
        records = render_store(store, config.output, config.recipe, executor, counted, config.splits)
    else:
        require("torch", extra="train")
        from latentmapper.make.decoding import Decoding

        decoding = Decoding.of(store, config.decode, config.recipe, config.decoding)
        records = decoding.render(config.output, executor, counted)
    total = sum(record.views for record in records)
    print(f"{config.output}: {total} views of {len(records)} shapes")
    return 0


def _refuse_without_decode(run: Path | None, recipe: "DecodeRecipe") -> None:
    """Options of decoding say nothing about original meshes. Raises `UsageError` naming the option."""
    given = [f.name for f in fields(recipe) if getattr(recipe, f.name) != f.default]
    if run is None and given:
        raise UsageError(f"--{given[0]} needs --decode RUN, a folder of latentmapper train shape")
