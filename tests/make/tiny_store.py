"""A store of a few analytic ellipsoids, small enough to train on in a test."""

from pathlib import Path

import numpy as np
import trimesh

from latentmapper.files import sha256_of_file
from latentmapper.make.dataset.store import SHAPES, Record, ShapeData, Store, write_shape, write_store


def write_tiny_store(path: Path, shapes: int = 4, samples: int = 3000) -> Store:
    """Ellipsoids of growing height; the last one is held out for validation."""
    records = []
    for i in range(shapes):
        data = ellipsoid(0.3 + 0.1 * i, samples)
        file = f"{SHAPES}/{i}.safetensors"
        write_shape(path / file, data, {"id": f"egg-{i}"})
        split = "validation" if i == shapes - 1 else "train"
        records.append(
            Record(
                f"egg-{i}",
                f"egg-{i}",
                split,
                "test",
                "CC0-1.0",
                "egg",
                file=file,
                sha256=sha256_of_file(path / file),
            )
        )
    write_store(path, {"category": "egg", "recipe": {}, "symmetric": True}, records)
    return Store.open(path)


def ellipsoid(height: float, samples: int) -> ShapeData:
    """Half-axes (0.4, height, 1); distances by the first-order formula, exact on the surface."""
    half = np.array([0.4, height, 1.0])
    mesh = trimesh.creation.icosphere(subdivisions=3)
    mesh.apply_scale(half)
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (samples, 3))
    scaled = np.linalg.norm(points / half, axis=1)
    distances = scaled * (scaled - 1) / np.linalg.norm(points / half**2, axis=1)
    surface = np.asarray(mesh.vertices, np.float32)
    return ShapeData(
        surface,
        np.asarray(mesh.faces, np.int32),
        np.zeros(len(mesh.faces), np.uint8),
        points.astype(np.float32),
        distances.astype(np.float32),
        surface,
        np.asarray(mesh.vertex_normals, np.float32),
    )
