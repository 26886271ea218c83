"""Building a pack: a trained shape model and mapper become a folder that needs no torch."""

from pathlib import Path
from typing import Any

import numpy as np

from latentmapper import files
from latentmapper.errors import MissingError, RecipeError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.descriptors import describe_descriptors, export_encoder, keep_clip
from latentmapper.make.exporting import export_base, export_mapper
from latentmapper.make.location_heads import check_head
from latentmapper.make.modelcard import license_text
from latentmapper.make.pack_models import PackModels
from latentmapper.make.pack_recipe import PackRecipe
from latentmapper.make.pack_record import record, write_words
from latentmapper.make.sources import require_license
from latentmapper.make.training.metric import metric_factor, metric_over
from latentmapper.make.training.presence import Presence, presence_for
from latentmapper.make.training.shape_run import TrainedShape
from latentmapper.make.unfinished import unfinished
from latentmapper.pack_folder import read_metadata
from latentmapper.photo.location import Location

METRIC_POINTS = 24
LEAST_BANDWIDTH = 1e-4
"""Far below the detail of any surface here; directions are stored in half precision."""


def build_pack(
    output: Path,
    recipe: PackRecipe,
    shape_run: Path,
    mapper_run: Path,
    store: JoinedStore,
    presence: Presence | None = None,
    location: Location | None = None,
) -> dict[str, Any]:
    """Export graphs, check that ONNX Runtime and PyTorch agree, write the pack; return its metadata.

    A pack that `output` holds is kept until the new one is whole; what else lies there is no part of it.

    Parameters
    ----------
    presence : as `fit_presence` gives it; None takes every picture to show the category.
    location : finds the object for a mapper of hidden tokens to look closer at; None looks at the whole.

    Raises
    ------
    PackError : an exported graph differs from its module by more than 1e-4.
    StoreError : mapper and shape model were not trained on the same shapes, or on others than the store's.
    RecipeError : `recipe` asks for what the runs do not have, or for a license that those of the shapes do
        not allow, or `location` does not fit the features or their ViT.
    UsageError : the license is none whose text is at hand.
    """
    license_text(recipe.license)  # refused now rather than in the middle of the work
    models = PackModels.load(shape_run, mapper_run, store, recipe)
    require_license(recipe.license, store.sources(models.shape.ids))
    entries, clusters = describe_descriptors(models.details, mapper_run, location is not None)
    if location is not None:
        check_head(location, entries["descriptor"])
    length, whole = entries["descriptor"]["length"], "closer" not in entries
    weight, bias = presence_for(presence, length, whole)
    with unfinished(output) as folder:
        base = _write_graphs(folder, models, recipe)
        arrays = {
            "bank": models.shape.codes[models.known].numpy().astype(np.float16),
            "mean_code": models.shape.codes.mean(0).numpy(),
            "presence_weight": weight,
            "presence_bias": bias,
            **clusters,
            **(location.to_arrays() if location else {}),
            **_projection(models.shape, store, recipe.bandwidth),
        }
        files.write_arrays(folder / "arrays.safetensors", arrays)
        metadata = record(models, store, recipe, base, entries)
        write_words(folder, metadata)
        metadata["files"] = {path.name: files.sha256_of_file(path) for path in sorted(folder.iterdir())}
        _clear(output)
        for name in metadata["files"]:
            (folder / name).replace(output / name)
    files.write_json(output / "pack.json", metadata)
    return metadata


def _clear(folder: Path) -> None:
    """Remove the pack that a folder holds: what of it the new one lacks would become part of that."""
    try:
        names = read_metadata(folder)["files"]
    except MissingError:
        return
    for name in ("pack.json", *names):
        if Path(name).name == name:
            (folder / name).unlink(missing_ok=True)


def _write_graphs(output: Path, models: PackModels, recipe: PackRecipe) -> dict[str, Any]:
    """Write all that is a network; the entry "base" of `pack.json`."""
    base = export_base(models.shape, output, recipe.level, recipe.int8)
    export_mapper(models.mapper, models.view, output, recipe.bandwidth is None, recipe.int8)
    export_encoder(models.mapper_run, output, recipe.int8)
    keep_clip(models.mapper_run, output)
    return base | {"level": recipe.level}


def _projection(model: TrainedShape, store: JoinedStore, bandwidth: float | None) -> dict[str, np.ndarray]:
    """(d, d) float16 what `Projection` measures codes by; nothing where codes stay as they are."""
    if bandwidth is None:
        return {}
    if not bandwidth >= LEAST_BANDWIDTH:
        raise RecipeError(f"--bandwidth must be at least {LEAST_BANDWIDTH:g}, not {bandwidth}")
    factor = metric_factor(metric_over(model, store.shapes("train"), METRIC_POINTS)).numpy()
    # Contiguous: safetensors writes memory as it lies.
    return {"projection": np.ascontiguousarray(factor / bandwidth, np.float16)}
