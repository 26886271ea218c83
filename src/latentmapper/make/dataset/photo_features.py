"""Descriptors of loose photos: what shows the category, or does not, for the presence check."""

import logging
from pathlib import Path

import numpy as np

from latentmapper import files
from latentmapper.batch.inputs import expand
from latentmapper.errors import PhotoError, StoreError
from latentmapper.features.descriptor import pool
from latentmapper.make.dataset.describer import Describer
from latentmapper.make.dataset.feature_header import HEADER, check_header
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import FeatureRecord
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
    paths = [Path(item.name) for item in expand([str(folder)])]
    output.mkdir(parents=True, exist_ok=True)
    header = {"format": 1, "vit_sha256": vit.sha256, "grid": recipe.grid}
    check_header(output / HEADER, header)
    records = []
    for start in range(0, len(paths), SHARD):
        part = paths[start : start + SHARD]
        name = f"{files.sha256_of_bytes(*(path.read_bytes() for path in part))[:24]}.safetensors"
        if (output / name).is_file() or _describe(part, output / name, vit, recipe):
            split = "validation" if start // SHARD % 8 == 7 else "train"
            records.append(FeatureRecord(f"photos-{start}", f"photos-{start}", split, "photo", name))
        logger.info("%d/%d photos", min(start + SHARD, len(paths)), len(paths))
    if not records:
        raise StoreError(f"no readable photo in {folder}")
    files.write_json(output / HEADER, header | {"records": [vars(record) for record in records]})


def _describe(paths: list[Path], target: Path, vit: Describer, recipe: FeatureRecipe) -> int:
    squares = []
    for path in paths:
        try:
            photo = read_photo(path)
            squares.append(frame(photo, photo.alpha))
        except PhotoError as error:
            logger.warning("%s: skipped: %s", path, error)
    if squares:
        batches = [np.stack(squares[i : i + recipe.batch]) for i in range(0, len(squares), recipe.batch)]
        descriptors = np.concatenate([pool(vit.describe(batch), recipe.grid) for batch in batches])
        files.write_arrays(target, {"descriptors": descriptors.astype(np.float16)})
    return len(squares)
