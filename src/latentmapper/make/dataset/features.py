"""Pictures to descriptors: each picture goes through the ViT once, the result is kept.

On disk: one safetensors file per shard of views, named by the shard's hash, with `descriptors`
(n, D) float16; `features.json` names the ViT and the pooling. Rerunning does only what is missing.
"""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.features.descriptor import pool
from latentmapper.features.vit import Tokens, ViT
from latentmapper.make.dataset.views import Views

logger = logging.getLogger(__name__)
HEADER = "features.json"


@dataclass(frozen=True)
class FeatureRecipe:
    """How pictures are described."""

    grid: int = 8
    """Cells a side that the patch tokens are averaged over."""
    batch: int = 8
    """Pictures in one pass of the ViT."""
    precision: Literal["float32", "bfloat16", "int8"] = "float32"
    """Of the ViT's products. The short ones are good enough to train on and take less than half the time:
    bfloat16 is the closer one, int8 the faster one where the processor has no bfloat16."""


class Describer(Protocol):
    """What turns pictures into tokens: a `ViT` of any precision."""

    sha256: str

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Tokens of pictures (b, 224, 224, 3) float32 RGB 0..1."""
        ...


def open_vit(path: Path | None, precision: str) -> Describer:
    """The ViT at a path, the bundled one if None, with products of a precision.

    Raises
    ------
    MissingError : there is no such file.
    PackError : the file is no ViT.
    """
    if precision == "bfloat16":
        from latentmapper.make.models.vit import HalfViT

        return HalfViT(path)
    int8 = precision == "int8"
    return ViT(path, int8=int8) if path else ViT.bundled(int8=int8)


@dataclass(frozen=True)
class FeatureRecord:
    """The descriptors of one shard of views."""

    shape: str
    """Id of the shape shown."""
    group: str
    """Its group."""
    split: str
    """train, validation or test."""
    mesh: str
    """What was rendered: original, decoded or between."""
    file: str
    """Name of the file in the folder."""


def describe_views(views: Views, output: Path, vit: Describer, recipe: FeatureRecipe) -> None:
    """Describe every picture of `views` into `output`."""
    output.mkdir(parents=True, exist_ok=True)
    header: dict[str, Any] = {"format": 1, "vit_sha256": vit.sha256, "grid": recipe.grid}
    check_header(output / HEADER, header)
    records, began, pictures = [], time.monotonic(), 0
    for i, record in enumerate(views.records):
        name = f"{record.sha256[:24]}.safetensors"
        if not (output / name).is_file():
            pictures += _describe_shard(views, record, output / name, vit, recipe)
        records.append(FeatureRecord(record.shape, record.group, record.split, record.mesh, name))
        if i % 50 == 49 or i + 1 == len(views.records):
            rate = pictures / max(time.monotonic() - began, 1e-9)
            logger.info("%d/%d shapes, %.1f pictures/s", i + 1, len(views.records), rate)
    files.write_json(output / HEADER, header | {"records": [vars(record) for record in records]})


def _describe_shard(views: Views, record: Any, path: Path, vit: Describer, recipe: FeatureRecipe) -> int:
    shown = views.load(record)
    images = np.stack([view.image for view in shown]).astype(np.float32) / np.float32(255)
    parts = [
        pool(vit.describe(images[i : i + recipe.batch]), recipe.grid)
        for i in range(0, len(images), recipe.batch)
    ]
    occlusion = np.array([view.occlusion for view in shown], np.float32)
    with files.replacing(path) as temporary:
        save_file(
            {"descriptors": np.concatenate(parts).astype(np.float16), "occlusion": occlusion}, temporary
        )
    return len(images)


class Features:
    """Descriptors on disk.

    Raises
    ------
    StoreError : no finished features in the folder.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / HEADER
        header = json.loads(path.read_text()) if path.is_file() else {}
        if "records" not in header:
            raise StoreError(f"no finished features in {folder}; make them with: latentmapper data features")
        self.folder = folder
        self.vit_sha256: str = header["vit_sha256"]
        self.grid: int = header["grid"]
        self.records = [FeatureRecord(**record) for record in header["records"]]

    @property
    def channels(self) -> int:
        """C, the length of one token."""
        return self.load(self.records[0]).shape[1] // (self.grid**2 + 2)

    def load(self, record: FeatureRecord) -> NDArray[np.float16]:
        """Descriptors (n, D) of the pictures of one shape."""
        return load_file(self.folder / record.file)["descriptors"]


def check_header(path: Path, header: dict[str, Any]) -> None:
    """Write the header of a folder of features, or refuse to mix two kinds. Raises `StoreError`."""
    if path.is_file():
        found = json.loads(path.read_text())
        if differing := [key for key in header if found.get(key) != header[key]]:
            raise StoreError(f"{path.parent} holds features of another {differing[0]}; choose another folder")
    else:
        files.write_json(path, header)
