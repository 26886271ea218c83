"""How well a shape model knows the very shapes that it was trained on.

What it does not know of these no mapper can find in a photo. The loss does not tell: a thin sheet where
nothing should be holds few samples, and a mesh shows it at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.evaluation.visible import visible_points
from latentmapper.make.training.shape_run import TrainedShape
from latentmapper.render.preview import preview
from latentmapper.shapes.base import load_base
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.lattice import BOUND
from latentmapper.shapes.mesh import Mesh

RESOLUTION = 96
POINTS, VIEWPOINTS = 5000, 64
TILE = 192
"""Pixels of a picture's side in the sheet."""


@dataclass(frozen=True, eq=False)
class KnownShape:
    """A shape that a model was trained on, and what it makes of its code."""

    name: str
    """Id of the shape."""
    truth: Mesh
    """Canonical frame."""
    made: Mesh | None
    """None where the code gives no surface."""

    @property
    def distance(self) -> float:
        """The Chamfer distance that `latentmapper evaluate` measures (x1000, 5,000 points seen from outside,
        unit-radius frame); infinite without a surface that is seen."""
        if self.made is None:
            return np.inf
        truth = visible_points(self.truth, POINTS, VIEWPOINTS, seed=0)
        try:
            return chamfer_distance(truth, visible_points(self.made, POINTS, VIEWPOINTS, seed=1))
        except MeshError:
            return np.inf

    @property
    def row(self) -> NDArray[np.uint8]:
        """(TILE, 8 TILE, 3) the true mesh from four sides, then the decoded one."""
        nothing = np.full((TILE, 4 * TILE, 3), 255, np.uint8)
        meshes = self.truth, self.made
        return np.concatenate([preview(None, m.vertices, m.faces, TILE) if m else nothing for m in meshes], 1)


def known_shapes(
    model: TrainedShape, store: JoinedStore, most: int, level: float = 0.0
) -> Iterator[KnownShape]:
    """Some of the training shapes that the store holds, evenly chosen.

    Parameters
    ----------
    most : how many of them, about.
    level : the surface lies where the distance is this (canonical frame), as for `packs build`.

    Raises
    ------
    StoreError : the store holds none of them.
    """
    held, codes = store.shapes("train"), model.codes_by_id
    names = [name for name in model.ids if name in held]
    if not names:
        raise StoreError("the store holds none of the shapes that the model was trained on")
    with TemporaryDirectory() as folder:
        base = load_base(Path(folder), model.network.export(Path(folder), level / BOUND))
        for name in names[:: -(-len(names) // most)]:
            try:
                made = clean(extract(base.field(codes[name]), RESOLUTION))[0]
            except MeshError:
                made = None
            yield KnownShape(name, Mesh(held[name].vertices, held[name].faces), made)


def told(distances: Sequence[float]) -> str:
    """One line about the distances of known shapes."""
    found = [each for each in distances if np.isfinite(each)]
    line = f"{len(distances)} shapes it was trained on: "
    if found:
        line += f"Chamfer distance mean {np.mean(found):.2f}, median {np.median(found):.2f}, "
        line += f"largest {max(found):.2f}"
    lost = len(distances) - len(found)
    return line + (f"{', ' if found else ''}{lost} without a surface" if lost else "")
