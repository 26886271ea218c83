"""`latentmapper fit RUN STORE... -o CODES`: the codes of shapes the model has not seen, by optimisation."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.training.auto_decoding import load_samples
    from latentmapper.make.training.codes import save_codes
    from latentmapper.make.training.fit import FitRecipe, fit_codes
    from latentmapper.make.training.shape import load_shape_run

    @dataclass(frozen=True)
    class Config:
        """Find the latent codes of a store's shapes by optimisation through a trained shape model."""

        run: Annotated[Path, tyro.conf.Positional]
        """The run of `latentmapper train shape`."""
        stores: Annotated[tuple[Path, ...], tyro.conf.Positional]
        """Stores with the shapes."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """File for the codes (safetensors)."""
        splits: tuple[str, ...] = ("validation", "test")
        """Splits whose shapes are fitted."""
        recipe: Annotated[FitRecipe, tyro.conf.arg(name="")] = field(default_factory=FitRecipe)
        """How codes are fitted."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    store, model = open_stores(config.stores), load_shape_run(config.run)
    records = [record for record in store.records if record.split in config.splits]
    points, distances = load_samples(store, records)
    codes, errors = fit_codes(model, points, distances, config.recipe)
    save_codes(config.output, [record.id for record in records], codes, errors)
    print(f"{config.output}: codes of {len(records)} shapes, mean L1 {errors.mean():.5f}")
    return 0
