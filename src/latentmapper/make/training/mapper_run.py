"""Runs of `latentmapper train mapper` on disk: what they read and answer with, and their best weights."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.models.mapper import Mapper, MapperShape
from latentmapper.make.training import checkpoint
from latentmapper.make.training.composed import Composition
from latentmapper.make.training.learned import sha256_of_features
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.pictures import Pictures, check_alike
from latentmapper.make.training.recipe import load_recipe
from latentmapper.make.training.record import read_record
from latentmapper.make.training.shape_run import TrainedShape


def best_of(run: Path) -> Path:
    """The folder of a mapper run's best weights: those at the lowest held-out error, else the last."""
    best = run / "best"
    return best if (best / checkpoint.NAME).is_file() else run


def load_mapper_run(folder: Path) -> tuple[Mapper, dict[str, Any]]:
    """The trained mapper of a run and what `mapper.json` says of it.

    Raises
    ------
    StoreError : there is no run in the folder, or one that is damaged.
    """
    if not all((folder / name).is_file() for name in (checkpoint.NAME, "mapper.json")):
        raise StoreError(f"no trained mapper in {folder}; make one with: latentmapper train mapper")
    details = read_record(folder / "mapper.json", "ids", "code_size", "tokens", "channels")
    shape: MapperShape = load_recipe(MapperRecipe, folder / "recipe.json").shape
    mapper = Mapper(
        shape, torch.zeros(len(details["ids"]), details["code_size"]), details["tokens"], details["channels"]
    )
    checkpoint.load(best_of(folder), {"mapper": mapper}, [])
    return mapper.eval().requires_grad_(False), details


def check_start(run: Path, model: TrainedShape, vit_sha256: str) -> None:
    """Make sure that a mapper's weights mean the same here.

    Raises
    ------
    StoreError : there is no such run, or it answers in another shape model's codes, or reads another ViT.
    """
    if not (best_of(run) / checkpoint.NAME).is_file():
        raise StoreError(f"no trained mapper in {run} to start from")
    details = read_record(run / "mapper.json", "ids", "vit_sha256")
    if not set(details["ids"]) <= set(model.ids):
        raise StoreError(f"the mapper in {run} was trained on another shape model's codes")
    if details["vit_sha256"] != vit_sha256:
        raise StoreError(f"the mapper in {run} reads another ViT")


def rows_known(run: Path, model: TrainedShape) -> torch.Tensor:
    """(k,) which of the shape model's codes the known codes of a mapper's run are, in the run's order."""
    number = {name: i for i, name in enumerate(model.ids)}
    return torch.tensor([number[name] for name in read_record(run / "mapper.json", "ids")["ids"]])


def check_codes(codes: Mapping[str, np.ndarray], model: TrainedShape) -> None:
    """Raise `StoreError` where targets cannot be codes of the shape model."""
    length = model.codes.shape[1]
    if other := [name for name, code in codes.items() if code.shape != (length,)]:
        told = f"the code of {other[0]} is not of the {length} numbers that the shape model's are"
        raise StoreError(f"--codes: {told}; make codes for it with: latentmapper fit")


def check_features(composition: Composition, recipe: MapperRecipe) -> None:
    """Raise `StoreError` where features are not what the body reads, or do not fit together."""
    features, body = composition.features, recipe.shape.body
    kinds = {"blocks": ("tokens",), "whitened": ("pooled",), "dense": ()}[body]
    if other := [each for each in features if kinds and each.kind not in kinds]:
        reads = f"--shape.body {body} reads features of --kind {kinds[0]}"
        raise StoreError(f"{reads}; {other[0].folder} holds others")
    check_alike(features)
    if body == "dense":
        check_alike(composition.beside)
        composition.check()
    elif composition.autoencoder or composition.beside:
        raise StoreError(f"--autoencoder and --beside are for --shape.body dense, not {body}")


def learned_from(
    model: TrainedShape, store: JoinedStore, composition: Composition, codes: Mapping[str, np.ndarray]
) -> dict[str, str]:
    """SHA-256 of all that a run learns from, by name: see `check_learned`.

    Codes and samples of shapes that no picture shows change nothing, unless they are the model's own.
    """
    shown = {record.shape for features in composition.features for record in features.records}
    targets = sorted(shown & codes.keys())
    used = shown.union(model.ids)
    samples = sorted([record.id, record.sha256] for record in store.split("train") if record.id in used)
    weights = model.network.state_dict()
    run = composition.autoencoder
    return {
        "features": sha256_of_features(composition.features),
        "features beside them": sha256_of_features(composition.beside),
        "codes": files.sha256_of_bytes(*(name.encode() + codes[name].tobytes() for name in targets)),
        "samples": files.sha256_of_json(samples),
        "weights of the shape model": files.sha256_of_bytes(
            *(weights[name].cpu().numpy().tobytes() for name in sorted(weights))
        ),
        "weights of the autoencoder": files.sha256_of_file(run / checkpoint.NAME) if run else "",
    }


def details_of(
    model: TrainedShape,
    composition: Composition,
    train_set: Pictures,
    recipe: MapperRecipe,
    start: str,
    folder: Path,
) -> dict[str, Any]:
    """What the run reads and answers with, as JSON; copies into its folder what a pack needs beside it.

    start : SHA-256 of the weights that it begins with; "" where it begins anew.
    """
    tokens, channels = train_set.layout
    first = composition.features[0]
    return {
        "ids": model.ids,
        "code_size": model.codes.shape[1],
        "tokens": tokens,
        "channels": channels,
        "kind": first.kind,
        "grid": first.grid,
        "closer": first.closer,
        **(composition.keep(folder) if recipe.shape.body == "dense" else {}),
        "vit_sha256": first.vit_sha256,
        "pictures": len(train_set.codes),
        "views": int(train_set.directions.isfinite().all(1).sum()),
        "recipe": asdict(recipe),
        "start": start or None,
    }
