"""How well a shape model knows the very shapes that it was trained on.

What it does not know of these no mapper can find in a photo. The loss does not tell: a thin sheet where
nothing should be holds few samples, and a mesh shows it at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.evaluation.visible import visible_points
from latentmapper.make.exporting import in_use
from latentmapper.make.training.shape_run import TrainedShape
from latentmapper.render.preview import VIEWS, Studio
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.field import Field
from latentmapper.shapes.mesh import Mesh

RESOLUTION = 96
POINTS, VIEWPOINTS = 5000, 64
TILE = 192
"""Pixels of a picture's side in the sheet."""


@dataclass(frozen=True, eq=False)
class KnownShape:
    """A shape that a model was trained on, beside what the model makes of its code."""

    name: str
    """Id of the shape."""
    distance: float
    """The Chamfer distance that `latentmapper evaluate` measures (x1000, 5,000 points seen from outside,
    unit-radius frame); infinite where there is no surface to be seen."""
    row: NDArray[np.uint8]
    """(TILE, 8 TILE, 3) RGB: the true mesh from four sides, then the decoded one."""


def known_shapes(
    model: TrainedShape, store: JoinedStore, most: int, level: float = 0.0
) -> Iterator[KnownShape]:
    """Some of the training shapes that the store holds, drawn at random, the same every time.

    Parameters
    ----------
    most : how many of them; fewer if there are no more.
    level : the surface lies where the distance is this (canonical frame), as for `packs build`.

    Raises
    ------
    StoreError : the store holds none of them.
    """
    held, codes = store.shapes("train"), model.codes_by_id
    names = [name for name in model.ids if name in held]
    if not names:
        raise StoreError("the store holds none of the shapes that the model was trained on")
    # At random: stores list a mesh and its deformed copies one after the other.
    chosen = np.random.default_rng(0).permutation(len(names))[:most]
    with in_use(model, level) as base:
        for name in (names[i] for i in sorted(chosen)):
            shape = held[name]
            truth, made = Mesh(shape.vertices, shape.faces), _decoded(base.field(codes[name]))
            yield KnownShape(name, _distance(truth, made), _row(truth, made))


def told(distances: Sequence[float]) -> str:
    """One line about the distances of known shapes."""
    found = [each for each in distances if np.isfinite(each)]
    parts = []
    if found:
        parts.append(f"mean {np.mean(found):.2f}, median {np.median(found):.2f}, largest {max(found):.2f}")
    if lost := len(distances) - len(found):
        parts.append(f"{lost} without a surface")
    return f"Chamfer distance (x1000) of {len(distances)} training shapes, decoded: {', '.join(parts)}"


def _decoded(field: Field) -> Mesh | None:
    try:
        return clean(extract(field, RESOLUTION))[0]
    except MeshError:
        return None


def _distance(truth: Mesh, made: Mesh | None) -> float:
    if made is None:
        return np.inf
    try:
        points = [visible_points(mesh, POINTS, VIEWPOINTS, seed) for seed, mesh in enumerate((truth, made))]
    except MeshError:
        return np.inf
    return chamfer_distance(*points)


def _row(truth: Mesh, made: Mesh | None) -> NDArray[np.uint8]:
    """Meshes as they are found are not always oriented."""
    return np.concatenate([_sides(truth, oriented=False), _sides(made, oriented=True)], axis=1)


def _sides(mesh: Mesh | None, oriented: bool) -> NDArray[np.uint8]:
    if mesh is None:
        return np.full((TILE, len(VIEWS) * TILE, 3), 255, np.uint8)
    studio = Studio(mesh.vertices, mesh.faces, oriented)
    return np.concatenate([studio.view(azimuth, elevation, TILE) for azimuth, elevation in VIEWS], axis=1)
