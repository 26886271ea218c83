"""Methods and shapes small enough to know every number of."""

from collections.abc import Hashable

import numpy as np
import trimesh

from latentmapper.errors import MeshError
from latentmapper.files import sha256_of_file
from latentmapper.make.dataset.store import Record, ShapeData, write_shape, write_store
from latentmapper.make.dataset.voxels import occupied
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.surface import Surface
from latentmapper.shapes.mesh import Mesh

CELLS = 32
"""Of the volumes that the methods below answer with."""


def ball(radius: float = 1.0) -> ShapeData:
    """A ball, as a store has it."""
    mesh = trimesh.creation.icosphere(subdivisions=3, radius=radius)
    vertices, faces = np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)
    normals = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    materials = np.zeros(len(faces), np.uint8)
    distances = np.zeros(len(vertices), np.float32)
    return ShapeData(vertices, faces, materials, vertices, distances, vertices, normals)


def write_balls(path, splits: dict[str, str]) -> None:
    """A store of balls: id -> split."""
    records = []
    for name, split in splits.items():
        write_shape(path / "shapes" / f"{name}.safetensors", ball(), {})
        file = f"shapes/{name}.safetensors"
        digest = sha256_of_file(path / file)
        records.append(Record(name, name, split, "made", "CC0-1.0", "car", file=file, sha256=digest))
    write_store(path, {"category": "car", "recipe": {}, "symmetric": True}, records)


class Shifted:
    """Answers with the ball's points moved by `distance`, its volume in place; counts how often."""

    def __init__(self, name: str, distance: float, sees: bool = True) -> None:
        self.name, self.distance, self.sees = name, distance, sees
        self.built = 0

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        return self.distance

    def surface(self, answer: Hashable) -> Surface:
        self.built += 1
        shape = ball()
        moved = np.random.default_rng(0).permutation(shape.surface_points)
        normals = moved.copy()
        moved[:, 0] += self.distance
        return Surface(moved, normals, lambda: occupied(Mesh(shape.vertices, shape.faces), CELLS, True, 0))


class Failing(Shifted):
    """Cannot answer pictures whose descriptor is negative."""

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        if picture.overview[0] < 0:
            raise MeshError("nothing there")
        return self.distance
