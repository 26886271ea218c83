"""`latentmapper fit RUN STORE... -o CODES`: the codes of shapes the model has not seen, by optimisation."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.execution import Execution
from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.errors import UsageError
from latentmapper.executors import ALONE
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.fit import FitRecipe
    from latentmapper.make.training.fit_store import fit_store

    @dataclass(frozen=True)
    class Config:
        """Find the latent codes of a store's shapes by optimisation; run again to resume."""

        run: Annotated[Path, tyro.conf.Positional]
        """The run of `latentmapper train shape`."""
        stores: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Stores with the shapes."""
        output: Annotated[PlaceOption, tyro.conf.arg(aliases=["-o"])]
        """File for the codes (safetensors)."""
        splits: tuple[str, ...] = ("validation", "test")
        """Splits whose shapes are fitted."""
        recipe: Annotated[FitRecipe, tyro.conf.arg(name="")] = field(default_factory=FitRecipe)
        """How codes are fitted."""
        workers: int | None = None
        """Batches at a time, a thread each; by default one with all threads or, on Ray, one for each core."""
        execution: Annotated[Execution, tyro.conf.arg(name="")] = field(default_factory=Execution)
        """Where the work is done."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    cluster = config.execution.executor == "ray"
    if cluster and config.device not in ("auto", "cpu"):
        raise UsageError(f"--device {config.device}: --executor ray takes cores of a cluster, and no GPUs")
    executor = config.execution.choose(config.workers, locally=1)
    stores = open_stores(config.stores)
    with training("cpu" if cluster else config.device, config.recipe.bfloat16) as process:
        if process.world > 1 and executor != ALONE:
            raise UsageError("torchrun has started the processes: leave out --workers and --executor")
        count, error = fit_store(
            config.run, stores, config.splits, config.output, config.recipe, executor, process
        )
        if process.is_main:
            print(f"{config.output}: codes of {count} shapes, mean L1 {error:.5f}")
    return 0
