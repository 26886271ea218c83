"""A tiny pack that looks closer and draws codes towards known shapes, and features for a second mapper."""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.features import efficientnet
from latentmapper.make.dataset.features import FeatureRecord, Features
from latentmapper.make.models.export import export_onnx
from latentmapper.mapper import MAPPER
from latentmapper.pack_folder import ARRAYS, read_metadata
from tests.make.fake_vit import head_for
from tests.tiny_pack import CODE_SIZE, write_tiny_pack

CHANNELS = 6
LENGTH = efficientnet.TOKENS * CHANNELS
SHAPES = tuple(f"shape-{number:02}" for number in range(16))
CODES = np.random.default_rng(1).normal(size=(len(SHAPES), CODE_SIZE)).astype(np.float32)
WIDTH = 384
FIRST = 257 * WIDTH
"""What its own mapper reads: hidden tokens."""


def write_drawing_pack(folder: Path) -> Path:
    """A tiny pack with 16 known shapes, a projection, a closer look and a head that finds what is bright."""
    write_tiny_pack(folder)
    arrays = load_file(folder / ARRAYS) | head_for((0, 0, 1, 1), WIDTH).to_arrays()
    arrays["bank"] = CODES
    arrays["projection"] = np.random.default_rng(2).normal(size=(CODE_SIZE, CODE_SIZE)).astype(np.float16)
    save_file(arrays, folder / ARRAYS)
    linear = torch.nn.Linear(FIRST, CODE_SIZE)
    torch.nn.init.normal_(linear.weight, std=0.002, generator=torch.Generator().manual_seed(0))
    export_onnx(linear.eval(), torch.zeros(1, FIRST), folder / MAPPER, "descriptor", ["code"])
    metadata = read_metadata(folder) | {"shapes": [*SHAPES], "closer": {"kind": "tokens", "length": FIRST}}
    for name in (ARRAYS, MAPPER):
        metadata["files"][name] = files.sha256_of_file(folder / name)
    files.write_json(folder / "pack.json", metadata)
    return folder


def write_second_features(
    folder: Path, shapes: tuple[str, ...] = SHAPES, pictures: int = 6, kind: str = efficientnet.KIND
) -> Features:
    """Features of which the whole and the cells tell the code, with noise; 0 of shapes that are not known."""
    folder.mkdir(parents=True)
    rng, records = np.random.default_rng(0), []
    reading = np.random.default_rng(3).normal(size=(CODE_SIZE, LENGTH))
    for number, shape in enumerate(shapes):
        code = CODES[SHAPES.index(shape)] if shape in SHAPES else np.zeros(CODE_SIZE)
        made = code @ reading + rng.normal(0, 0.1, (pictures, LENGTH))
        file = f"{number}.safetensors"
        save_file({"descriptors": made.astype(np.float16)}, folder / file)
        records.append(vars(FeatureRecord(shape, shape, "train", "decoded", file)))
    header = {"format": 1, "vit_sha256": "0" * 64, "kind": kind, "grid": 0, "records": records}
    files.write_json(folder / "features.json", header | {"network": efficientnet.SHA256})
    return Features(folder)
