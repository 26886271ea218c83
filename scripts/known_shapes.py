"""How well a shape model knows the very shapes that it was trained on, in figures and pictures.

    python scripts/known_shapes.py RUN STORE... [--shapes 20] [-o sheet.png]

Prints what `latentmapper train shape` says at its end, shape by shape; the run may still be training.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from endings import run
from PIL import Image

from latentmapper import files
from latentmapper.cli.places import PlaceOption
from latentmapper.errors import UsageError
from latentmapper.make.dataset.joined import open_stores
from latentmapper.make.evaluation.known_shapes import known_shapes, told
from latentmapper.make.training.shape_run import load_shape_run


@dataclass(frozen=True)
class Config:
    """What to compare."""

    run: Annotated[Path, tyro.conf.Positional]
    """A run of `latentmapper train shape`."""
    stores: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
    """Stores that it was trained on."""
    shapes: int = 20
    """How many of the training shapes."""
    level: float = 0.0
    """The surface lies where the distance is this (canonical frame), as for `packs build`."""
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None
    """A picture (PNG) of all of them: the true mesh from four sides, then the decoded one."""


def main(config: Config) -> None:
    """Compare, print every distance and what they come to, and draw."""
    distances, rows = [], []
    if config.shapes < 1:
        raise UsageError(f"--shapes must be at least 1, not {config.shapes}")
    model, store = load_shape_run(config.run), open_stores(config.stores)
    for known in known_shapes(model, store, config.shapes, config.level):
        distances.append(known.distance)
        print(f"{known.name}: {distances[-1]:.2f}")
        rows += [known.row] if config.output else []
    print(told(distances))
    if config.output:
        with files.replacing(config.output) as temporary:
            Image.fromarray(np.concatenate(rows)).save(temporary, format="PNG")


if __name__ == "__main__":
    run(main, Config, __doc__)
