"""Descriptors of loose photos: what shows the category, or does not, for the presence check."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from latentmapper import files
from latentmapper.batch.inputs import Input, expand
from latentmapper.errors import PhotoError, StoreError
from latentmapper.features.descriptor import pool
from latentmapper.make.dataset.describer import BLANK, Describer
from latentmapper.make.dataset.feature_header import HEADER, check_header
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import FeatureRecord
from latentmapper.pace import Pace
from latentmapper.photo.framing import frame
from latentmapper.photo.reading import read_photo

logger = logging.getLogger(__name__)
SHARD = 64


def describe_photos(folder: Path, output: Path, vit: Describer, recipe: FeatureRecipe) -> None:
    """Describe every photo below `folder`, framed as `reconstruct` frames it; unreadable ones are skipped.

    Every eighth shard of 64 photos is for validation, the others for training.

    Raises
    ------
    StoreError : no readable photo.
    """
    inputs = expand([str(folder)])
    pool(vit.describe(BLANK), recipe.grid)  # refused before the folder is bound to a grid that does not fit
    output.mkdir(parents=True, exist_ok=True)
    header = {
        "format": 1,
        "vit_sha256": vit.sha256,
        "grid": recipe.grid,
        "precision": recipe.precision,
    }
    check_header(output / HEADER, header)
    records, pace = [], Pace(len(inputs), "photos")
    for start in range(0, len(inputs), SHARD):
        part = dict(_read(inputs[start : start + SHARD]))
        name = f"{files.sha256_of_bytes(*part.values())[:24]}.safetensors"
        if (output / name).is_file() or _describe(part, output / name, vit, recipe):
            split = "validation" if start // SHARD % 8 == 7 else "train"
            records.append(FeatureRecord(f"photos-{start}", f"photos-{start}", split, "photo", name))
        pace.step(len(inputs[start : start + SHARD]))
    if not records:
        raise StoreError(f"no readable photo in {folder}")
    files.write_json(output / HEADER, header | {"records": [vars(record) for record in records]})


def _read(inputs: Sequence[Input]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the files that can be read."""
    for each in inputs:
        try:
            yield each.name, each.read()
        except PhotoError as error:
            logger.warning("skipped: %s", error)


def _describe(photos: Mapping[str, bytes], target: Path, vit: Describer, recipe: FeatureRecipe) -> int:
    squares = []
    for name, data in photos.items():
        try:
            photo = read_photo(data, name)
            squares.append(frame(photo, photo.alpha))
        except PhotoError as error:
            logger.warning("skipped: %s", error)
    if squares:
        batches = [np.stack(squares[i : i + recipe.batch]) for i in range(0, len(squares), recipe.batch)]
        descriptors = np.concatenate([pool(vit.describe(batch), recipe.grid) for batch in batches])
        files.write_arrays(target, {"descriptors": descriptors.astype(np.float16)})
    return len(squares)
