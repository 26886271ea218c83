"""What `pack.json` says of a pack, and the words that it carries: license, notice, model card, names."""

import json
from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.modelcard import license_text, model_card, notice
from latentmapper.make.naming import spoken_name
from latentmapper.make.pack_models import PackModels
from latentmapper.make.pack_recipe import PackRecipe
from latentmapper.make.training import log
from latentmapper.pack_folder import FORMAT, MODEL_CARD, NAMES
from latentmapper.view import NUMBERS

PICTURES = {"size": 224, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
"""Side of the ViT's pictures, pixels, and how their colours are standardised, in short numbers for people."""


def record(
    models: PackModels, store: JoinedStore, recipe: PackRecipe, base: dict[str, Any], entries: dict[str, Any]
) -> dict[str, Any]:
    """The content of `pack.json`, all but the hashes of the files.

    Parameters
    ----------
    base : its entry "base".
    entries : how pictures are described.
    """
    category, view = store.header["category"], models.view
    return {
        "format": FORMAT,
        "id": recipe.id,
        "category": category,
        "title": recipe.title or f"{category}s from a photo",
        "base": base,
        "vit": {"sha256": models.details["vit_sha256"], **PICTURES},
        **entries,
        **({} if view is None else {"view": list(NUMBERS[: view.out_features])}),
        "training": _training(models, recipe),
        "results": [],
        "sources": store.sources(models.shape.ids),
        "license": {"spdx": recipe.license},
        "shapes": [models.shape.ids[number] for number in models.known],
        "training_shapes": list(models.shape.ids),
    }


def write_words(folder: Path, metadata: dict[str, Any]) -> None:
    """Write what a pack carries in words."""
    files.write_text(folder / "LICENSE", license_text(metadata["license"]["spdx"]))
    files.write_text(folder / "NOTICE", notice(metadata, metadata["sources"]))
    files.write_text(folder / MODEL_CARD, model_card(metadata))
    names = [spoken_name(metadata["category"], shape) for shape in metadata["shapes"]]
    files.write_json(folder / NAMES, names)


def _training(models: PackModels, recipe: PackRecipe) -> dict[str, Any]:
    return {
        "shapes": len(models.shape.ids),
        "pictures": models.details["pictures"],
        "shape_recipe": json.loads((models.shape_run / "recipe.json").read_text()),
        "mapper_recipe": models.details["recipe"],
        "head": models.mapper.shape.head,
        "sharpness": models.mapper.shape.sharpness,
        "bandwidth": recipe.bandwidth,
        **_hours(models.shape_run, models.mapper_run),
    }


def _hours(*runs: Path) -> dict[str, float]:
    """Hours that the runs took together, without others that they started from; none where logs lack them."""
    seconds = [log.seconds_of(run) for run in runs]
    known = [each for each in seconds if each is not None]
    return {"hours": round(sum(known) / 3600, 3)} if len(known) == len(runs) else {}
