"""Pictures to descriptors: each picture goes through the ViT once, the result is kept.

On disk: one safetensors file per shard of views, named by the shard's hash, with `descriptors`
(n, D) float16, `directions` (n, 3) float32 from the object towards the camera, canonical frame, and
`occlusion` (n,) float32; `features.json` names the ViT and what is kept of its tokens. Rerunning does
only what is missing.
"""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.features.descriptor import pool
from latentmapper.make.dataset.describer import Describer, Precision
from latentmapper.make.dataset.looks import Look, closer_by, closer_by_mask, whole
from latentmapper.make.dataset.neighbours import with_neighbours
from latentmapper.make.dataset.views import ViewRecord, Views
from latentmapper.photo.location import Location

logger = logging.getLogger(__name__)
HEADER = "features.json"
PATCHES = 16
"""A side of the square of patches that a ViT with patches of 14 pixels sees of 224."""


@dataclass(frozen=True)
class FeatureRecipe:
    """How pictures are described."""

    kind: Literal["pooled", "tokens"] = "pooled"
    """pooled: the final tokens, averaged over a grid. tokens: all hidden tokens of a closer look at the
    object, for mappers whose body is the ViT's last blocks; 200 kB a picture."""
    grid: int = 8
    """Cells a side that the patch tokens are averaged over (pooled)."""
    batch: int = 8
    """Pictures in one pass of the ViT."""
    neighbours: float = 0.0
    """Share of pictures in which the shape is seen a second time, from another side, beside and behind the
    one to describe (tokens)."""
    precision: Precision = "float32"
    """Of the ViT's products. The short ones are good enough to train on and take less than half the time:
    bfloat16 is the closer one, int8 the faster one where the processor has no bfloat16."""


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


def describe_views(
    views: Views, output: Path, vit: Describer, recipe: FeatureRecipe, location: Location | None = None
) -> None:
    """Describe every picture of `views` into `output`.

    Parameters
    ----------
    location : finds what hidden tokens look closer at; None goes by the true masks.

    Raises
    ------
    StoreError : the pictures are no squares, or the folder holds features of another kind.
    """
    views.require_squares()
    output.mkdir(parents=True, exist_ok=True)
    header: dict[str, Any] = {
        "format": 1,
        "vit_sha256": vit.sha256,
        "kind": recipe.kind,
        "grid": recipe.grid if recipe.kind == "pooled" else 0,
        "located": recipe.kind == "tokens" and location is not None,
        "neighbours": recipe.neighbours if recipe.kind == "tokens" else 0.0,
    }
    look = _look(recipe, location, vit)
    check_header(output / HEADER, header)
    records, began, pictures = [], time.monotonic(), 0
    for i, record in enumerate(views.records):
        name = f"{record.sha256[:24]}.safetensors"
        if not (output / name).is_file():
            pictures += _describe_shard(views, record, output / name, vit, recipe, look)
        records.append(FeatureRecord(record.shape, record.group, record.split, record.mesh, name))
        if i % 50 == 49 or i + 1 == len(views.records):
            rate = pictures / max(time.monotonic() - began, 1e-9)
            logger.info("%d/%d shapes, %.1f pictures/s", i + 1, len(views.records), rate)
    files.write_json(output / HEADER, header | {"records": [vars(record) for record in records]})


def _look(recipe: FeatureRecipe, location: Location | None, vit: Describer) -> Look:
    if recipe.kind == "pooled":
        return whole
    return closer_by(location, vit) if location else closer_by_mask


def _describe_shard(
    views: Views, record: ViewRecord, path: Path, vit: Describer, recipe: FeatureRecipe, look: Look
) -> int:
    rng = np.random.default_rng(int(record.sha256[:8], 16))
    shown = views.load(record)
    if recipe.neighbours and recipe.kind == "tokens":
        shown = with_neighbours(shown, recipe.neighbours, rng)
    images = look(shown, rng)
    parts = [
        _describe(images[i : i + recipe.batch], vit, recipe) for i in range(0, len(images), recipe.batch)
    ]
    occlusion = np.array([view.occlusion for view in shown], np.float32)
    directions = np.array([-view.camera.axes[2] for view in shown], np.float32)
    arrays = {"descriptors": np.concatenate(parts).astype(np.float16)}
    with files.replacing(path) as temporary:
        save_file(arrays | {"directions": directions, "occlusion": occlusion}, temporary)
    return len(images)


def _describe(images: NDArray[np.float32], vit: Describer, recipe: FeatureRecipe) -> NDArray[np.float32]:
    if recipe.kind == "tokens":
        return vit.hidden(images).reshape(len(images), -1)
    return pool(vit.describe(images), recipe.grid)


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
        self.kind: str = header.get("kind", "pooled")
        self.grid: int = header["grid"]
        self.records = [FeatureRecord(**record) for record in header["records"]]

    @property
    def layout(self) -> tuple[int, int]:
        """T tokens of C channels each, as a descriptor holds them."""
        length = self.load(self.records[0]).shape[1]
        if self.kind == "pooled":
            return self.grid**2 + 2, length // (self.grid**2 + 2)
        tokens = 1 + PATCHES**2
        return tokens, length // tokens

    @property
    def channels(self) -> int:
        """C, the length of one token."""
        return self.layout[1]

    def pictures(self, record: FeatureRecord) -> int:
        """How many pictures of one shape are described."""
        with safe_open(self.folder / record.file, framework="numpy") as file:
            return file.get_slice("descriptors").get_shape()[0]

    def load(self, record: FeatureRecord) -> NDArray[np.float16]:
        """Descriptors (n, D) of the pictures of one shape."""
        return load_file(self.folder / record.file)["descriptors"]

    def directions(self, record: FeatureRecord) -> NDArray[np.float32]:
        """Unit vectors (n, 3) from the object towards the camera; NaN where features are older than these."""
        with safe_open(self.folder / record.file, framework="numpy") as file:
            if "directions" in file.keys():  # noqa: SIM118 (not a dict)
                return file.get_tensor("directions")
        return np.full((self.pictures(record), 3), np.nan, np.float32)


def check_header(path: Path, header: dict[str, Any]) -> None:
    """Write the header of a folder of features, or refuse to mix two kinds. Raises `StoreError`."""
    if path.is_file():
        found = {"kind": "pooled", "located": False, "neighbours": 0.0} | json.loads(path.read_text())
        if differing := [key for key in header if found.get(key) != header[key]]:
            raise StoreError(f"{path.parent} holds features of another {differing[0]}; choose another folder")
    else:
        files.write_json(path, header)
