"""`latentmapper train baseline STORE... --views VIEWS... -o RUN`: what packs are set against."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, TypeVar

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.errors import UsageError
from latentmapper.extras import require
from latentmapper.processor import available_cores

Recipe = TypeVar("Recipe")


@dataclass(frozen=True)
class Config(Generic[Recipe]):
    """Train a baseline, AtlasNet or IM-NET, on shapes and pictures of them; run again to resume."""

    stores: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
    """Stores that `latentmapper data build` made, of one category."""
    views: tuple[PlaceOption, ...]
    """Pictures of those shapes, made by `latentmapper data render`: from all sides, or from fixed ones."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder of the run."""
    recipe: Annotated[Recipe, tyro.conf.arg(name="")]
    """How it is trained."""
    name: str = ""
    """What results call it; by default as its recipe."""
    start: Path | None = None
    """Another run of the same networks and stores, whose auto-encoder is taken over."""
    workers: int = available_cores()
    """Processes that make voxels, for what learns from them."""
    device: Device = "auto"

    def __post_init__(self) -> None:
        """Name the flag that cannot be followed."""
        if self.workers < 1:
            raise UsageError(f"--workers must be at least 1, not {self.workers}")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.cli.recipes import named
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.dataset.views import Views
    from latentmapper.make.training.baseline import train_baseline
    from latentmapper.make.training.baseline_run import RECIPES

    _, recipe = named(argv, RECIPES)
    default = Config(stores=tyro.MISSING, views=tyro.MISSING, output=tyro.MISSING, recipe=recipe)
    config = tyro.cli(Config[type(recipe)], args=argv, prog=f"latentmapper {verb}", default=default)
    with training(config.device, config.recipe.bfloat16) as process:
        train_baseline(
            open_stores(config.stores),
            [Views.open(path) for path in config.views],
            config.output,
            config.recipe,
            config.name,
            config.start,
            config.workers,
            process,
        )
        if process.is_main:
            stages = ", ".join(f"{name} {steps}" for name, steps in config.recipe.stages.items())
            print(f"{config.output}: trained, steps: {stages}")
    return 0
