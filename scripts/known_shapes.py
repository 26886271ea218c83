"""How well a shape model knows the very shapes that it was trained on, in figures and pictures.

    python scripts/known_shapes.py RUN STORE... [--shapes 40] [-o sheet.png]

Decodes the codes of some training shapes and compares the meshes with the true ones: Chamfer distance as
`latentmapper evaluate` measures it (x1000, 5,000 points seen from outside, unit-radius frame). What a model
does not know of these no mapper can find in a photo, and pictures of decoded shapes teach nothing. Look at it
before anything is built on a run; it may still be training.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import tyro
from PIL import Image

from latentmapper.make.dataset.joined import open_stores
from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.evaluation.visible import visible_points
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run
from latentmapper.render.preview import preview
from latentmapper.shapes.base import load_base
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.lattice import BOUND
from latentmapper.shapes.mesh import Mesh

POINTS, VIEWPOINTS = 5000, 64
TILE = 192
"""Pixels of a picture's side; a row shows the true mesh from four sides, then the decoded one."""


@dataclass(frozen=True)
class Config:
    """What to compare."""

    run: Annotated[Path, tyro.conf.Positional]
    """A run of `latentmapper train shape`."""
    stores: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """The stores that it was trained on."""
    shapes: int = 40
    """How many of the training shapes, evenly chosen."""
    resolution: int = 96
    """Cells a side of the extraction."""
    level: float = 0.0
    """The surface lies where the distance is this (canonical frame), as for `packs build`."""
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None
    """A picture of all of them."""


def main(config: Config) -> None:
    """Compare, print every distance and their mean, and draw."""
    known, model = open_stores(config.stores).shapes("train"), load_shape_run(config.run)
    ids = [name for name in model.ids if name in known]
    distances, rows = [], []
    for name, made in decoded(model, ids[:: max(1, len(ids) // config.shapes)], config):
        truth = Mesh(known[name].vertices, known[name].faces)
        distances.append(distance(truth, made))
        print(f"{name}: {distances[-1]:.2f}")
        if config.output:
            rows.append(np.concatenate([preview(None, m.vertices, m.faces, TILE) for m in (truth, made)], 1))
    print(f"{len(distances)} known shapes: Chamfer mean {np.mean(distances):.2f}, ", end="")
    print(f"median {np.median(distances):.2f}, largest {max(distances):.2f}")
    if config.output:
        Image.fromarray(np.concatenate(rows)).save(config.output)


def decoded(model: TrainedShape, ids: Sequence[str], config: Config) -> Iterator[tuple[str, Mesh]]:
    """Each id and the mesh of its code."""
    codes = model.codes_by_id
    with TemporaryDirectory() as folder:
        entry = model.network.export(Path(folder), config.level / BOUND)
        base = load_base(Path(folder), entry)
        for name in ids:
            yield name, clean(extract(base.field(codes[name]), config.resolution))[0]


def distance(truth: Mesh, made: Mesh) -> float:
    """The Chamfer distance of two meshes, each seen from outside and scaled to radius 1."""
    points = [visible_points(mesh, POINTS, VIEWPOINTS, seed) for seed, mesh in enumerate((truth, made))]
    return chamfer_distance(*points)


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
