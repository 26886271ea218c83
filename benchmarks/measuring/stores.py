"""Stores of shapes that cost nothing to make."""

from pathlib import Path

import numpy as np

from latentmapper.make.dataset.store import SHAPES, Record, ShapeData, write_shape, write_store


def write_synthetic(folder: Path, count: int, samples: int) -> None:
    """A store of spheres, each with samples of its own."""
    rng, records = np.random.default_rng(0), []
    for i in range(count):
        points = rng.uniform(-1, 1, (samples, 3)).astype(np.float32)
        surface = points[: samples // 5] / np.linalg.norm(points[: samples // 5], axis=1, keepdims=True)
        distances = np.linalg.norm(points, axis=1).astype(np.float32) - np.float32(0.8)
        faces = np.arange(12, dtype=np.int32).reshape(4, 3)
        materials = np.zeros(4, np.uint8)
        data = ShapeData(surface[:12], faces, materials, points, distances, 0.8 * surface, surface)
        file = f"{SHAPES}/{i}.safetensors"
        digest = write_shape(folder / file, data, {"key": str(i)})
        records.append(
            Record(f"s{i}", f"s{i}", "train", "synthetic", "CC0-1.0", "ball", file=file, sha256=digest)
        )
    write_store(folder, {"category": "ball", "recipe": {}, "symmetric": True}, records)
