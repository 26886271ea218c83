"""Airplanes of boxes, whose layout is known by construction."""

from pathlib import Path

import numpy as np
import trimesh

from latentmapper.files import sha256_of_file
from latentmapper.make.dataset.store import SHAPES, Record, ShapeData, write_shape, write_store
from tests.make.dataset.solids import arrays, box


def airplane(
    tail: str = "conventional", wing: float = 0.0, sweep: float = 0.0, biplane: bool = False
) -> trimesh.Trimesh:
    """A body, a wing at height `wing` swept by `sweep` degrees, a fin, and a tailplane at its foot or top."""
    top = {"conventional": 0.0, "T": 0.3}[tail]
    parts = [
        box((0.12, 0.16, 1.8)),
        _wing(wing, sweep),
        box((0.02, 0.3, 0.2), (0, 0.15, -0.8)),
        box((0.6, 0.02, 0.15), (0, top, -0.8)),
    ]
    if biplane:
        parts.append(_wing(wing + 0.25, sweep))
    return joined(*parts)


def joined(*parts: trimesh.Trimesh) -> trimesh.Trimesh:
    """The parts as one mesh."""
    vertices, faces = arrays(*parts)
    return trimesh.Trimesh(vertices, faces, process=False)


def points_of(mesh: trimesh.Trimesh, count: int = 4000) -> np.ndarray:
    """(count, 3) on the surface."""
    return np.asarray(trimesh.sample.sample_surface(mesh, count, seed=0)[0])


def write_store_of(path: Path, meshes: dict[str, trimesh.Trimesh], category: str = "airplane") -> None:
    """A store of meshes by their ids."""
    records = []
    for name, mesh in meshes.items():
        vertices, faces = np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)
        points = points_of(mesh).astype(np.float32)
        data = ShapeData(
            vertices, faces, np.zeros(len(faces), np.uint8), points, points[:, 0], points, points
        )
        file = f"{SHAPES}/{name}.safetensors"
        write_shape(path / file, data, {})
        origin, parent = ("deformed", name[:-2]) if name.endswith("~1") else ("mesh", None)
        hashed = sha256_of_file(path / file)
        records.append(
            Record(
                name,
                name,
                "train",
                "test",
                "CC0-1.0",
                category,
                origin=origin,
                parent=parent,
                file=file,
                sha256=hashed,
            )
        )
    write_store(path, {"category": category, "recipe": {}, "symmetric": True}, records)


def _wing(height: float, sweep: float) -> trimesh.Trimesh:
    mesh = box((1.6, 0.02, 0.25), (0, height, 0)).subdivide().subdivide()
    mesh.vertices[:, 2] -= np.abs(mesh.vertices[:, 0]) * np.tan(np.radians(sweep))
    return mesh
