"""Features of labels whose every picture tells its shape, written as `data features` writes them."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from latentmapper import files
from latentmapper.features.bag import Bag, Kind
from latentmapper.features.clusters import Clusters
from latentmapper.features.dense import Dense
from latentmapper.make.dataset.features import FeatureRecord, Features

COUNT = 4
DENSE = Dense("keys", (0, 1, 2), (224, 224), 14, 14)


def bag(kind: Kind = "labels", seed: int = 0) -> Bag:
    """Clusters of nine random numbers a patch, as `DenseColours` gives."""
    centroids = np.random.default_rng(seed).random((COUNT, 9)).astype(np.float32)
    return Bag(kind, DENSE, Clusters(centroids, np.ones(1, np.float32)), grid=2)


def write_bag(
    path: Path,
    shapes: dict[str, str],
    kind: Kind = "labels",
    pictures: int = 6,
    sha256: str = "0" * 64,
    seed: int = 0,
    described: Bag | None = None,
) -> Features:
    """Label maps of a shape's own, a tenth of the labels random; `shapes` is id -> split."""
    path.mkdir()
    rng, described = np.random.default_rng(0), described or bag(kind, seed)
    patches = described.dense.patches
    records = []
    for i, (shape, split) in enumerate(shapes.items()):
        own = np.random.default_rng(i).integers(0, COUNT, patches)
        noisy = rng.random((pictures, patches)) < 0.1
        labels = np.where(noisy, rng.integers(0, COUNT, noisy.shape), own).astype(np.uint8)
        descriptors = labels if kind == "labels" else np.eye(COUNT, dtype=np.float16)[labels]
        save_file({"descriptors": descriptors.reshape(pictures, -1)}, path / f"{i}.safetensors")
        records.append(vars(FeatureRecord(shape, shape, split, "original", f"{i}.safetensors")))
    save_file(described.clusters.to_arrays(), path / "clusters.safetensors")
    header = {"format": 1, "vit_sha256": sha256, "kind": kind, "grid": 0, "closer": False, "bag_recipe": {}}
    files.write_json(path / "features.json", header | {"bag": described.to_entry(), "records": records})
    return Features(path)


def write_beside(path: Path, shapes: dict[str, str], pictures: int = 6, length: int = 5) -> Features:
    """A second block of the same pictures: a vector of each shape's own, plus noise."""
    path.mkdir()
    rng, records = np.random.default_rng(1), []
    for i, (shape, split) in enumerate(shapes.items()):
        own = np.random.default_rng(100 + i).normal(size=length)
        descriptors = (own + rng.normal(0, 0.1, (pictures, length))).astype(np.float16)
        save_file({"descriptors": descriptors}, path / f"{i}.safetensors")
        records.append(vars(FeatureRecord(shape, shape, split, "original", f"{i}.safetensors")))
    header = {"format": 1, "vit_sha256": "1" * 64, "kind": "words", "grid": 0, "records": records}
    files.write_json(path / "features.json", header)
    return Features(path)
