"""`latentmapper train shape STORE... -o RUN`: a store becomes a generative shape model."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.recipes import named
from latentmapper.cli.training import Device, training
from latentmapper.errors import LatentMapperError, UsageError
from latentmapper.extras import require
from latentmapper.files import write_bytes

if TYPE_CHECKING:
    from latentmapper.make.dataset.joined import JoinedStore

Recipe = TypeVar("Recipe")


@dataclass(frozen=True)
class Config(Generic[Recipe]):
    """Train a generative shape model on a store; run again to resume."""

    stores: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
    """Stores that `latentmapper data build` made, of one category."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder of the run: recipe, checkpoint, log."""
    recipe: Annotated[Recipe, tyro.conf.arg(name="")]
    """How it is trained."""
    start: Path | None = None
    """Another run of this model and its sizes, to go on from with more shapes or another recipe."""
    known: int = 20
    """Training shapes that are decoded at the end (--level 0) to tell how well the model knows them."""
    device: Device = "auto"


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.shape import train_shape
    from latentmapper.make.training.shape_run import RECIPES

    _, recipe = named(argv, RECIPES, "--model")
    default = Config(stores=tyro.MISSING, output=tyro.MISSING, recipe=recipe)
    config = tyro.cli(Config[type(recipe)], args=argv, prog=f"latentmapper {verb}", default=default)
    _require_count(config.known)
    store = open_stores(config.stores)
    with training(config.device, config.recipe.bfloat16) as process:
        train_shape(store, config.output, config.recipe, process, config.start)
    if process.is_main:
        print(f"{config.output}: trained for {config.recipe.steps} steps")
        if config.known:
            _look(config.output, store, config.known)
    return 0


def _require_count(known: int) -> None:
    if known < 0:
        raise UsageError(f"--known must be at least 0, not {known}")


def _look(run: Path, store: "JoinedStore", most: int) -> None:
    """Say how well a model knows its training shapes, and draw them beside what it makes of their codes."""
    import numpy as np
    from PIL import Image

    from latentmapper.make.evaluation.known_shapes import known_shapes, told
    from latentmapper.make.training.shape_run import load_shape_run
    from latentmapper.photo.framing import png_bytes

    try:
        shapes = list(known_shapes(load_shape_run(run), store, most))
    except LatentMapperError as error:  # what was trained is there all the same
        print(f"{run} is complete, but how well it knows its shapes cannot be told: {error}")
        return
    sheet = run / "known.png"
    write_bytes(sheet, png_bytes(Image.fromarray(np.concatenate([shape.row for shape in shapes]))))
    print(f"{told([shape.distance for shape in shapes])}; drawn in {sheet}")
