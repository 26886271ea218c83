"""A tiny pack that draws codes towards known shapes, and features for a second mapper of it."""

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.features import efficientnet
from latentmapper.make.dataset.features import FeatureRecord, Features
from latentmapper.pack_folder import ARRAYS, read_metadata
from tests.tiny_pack import CODE_SIZE, write_tiny_pack

CHANNELS = 6
LENGTH = efficientnet.TOKENS * CHANNELS
SHAPES: tuple[str, ...] = ("ball", "cigar", "egg")


def write_drawing_pack(folder: Path) -> Path:
    """A tiny pack with a projection."""
    write_tiny_pack(folder)
    directions = np.random.default_rng(2).normal(size=(CODE_SIZE, CODE_SIZE)).astype(np.float16)
    arrays = load_file(folder / ARRAYS) | {"projection": directions}
    save_file(arrays, folder / ARRAYS)
    metadata = read_metadata(folder)
    metadata["files"][ARRAYS] = files.sha256_of_file(folder / ARRAYS)
    files.write_json(folder / "pack.json", metadata)
    return folder


def write_second_features(
    folder: Path, shapes: tuple[str, ...] = SHAPES, pictures: int = 12, kind: str = efficientnet.KIND
) -> Features:
    """Features of which the whole and the cells tell the shape, with noise."""
    folder.mkdir(parents=True)
    rng, records = np.random.default_rng(0), []
    for number, shape in enumerate(shapes):
        told = 2 * np.random.default_rng(number).normal(size=LENGTH)
        made = told + rng.normal(0, 0.3, (pictures, LENGTH))
        file = f"{number}.safetensors"
        save_file({"descriptors": made.astype(np.float16)}, folder / file)
        records.append(vars(FeatureRecord(shape, shape, "train", "decoded", file)))
    header = {"format": 1, "vit_sha256": "0" * 64, "kind": kind, "grid": 0, "records": records}
    files.write_json(folder / "features.json", header | {"network": efficientnet.SHA256})
    return Features(folder)
