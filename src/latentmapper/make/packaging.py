"""Building a pack: a trained shape model and mapper become a folder that needs no torch."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import MissingError, PackError, RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.descriptors import describe_descriptors, export_encoder, keep_clip
from latentmapper.make.exporting import export_base, export_mapper
from latentmapper.make.modelcard import license_text, model_card, notice
from latentmapper.make.models.mapper import Mapper, MapperShape
from latentmapper.make.naming import spoken_name
from latentmapper.make.training import checkpoint, log
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.mapper_run import best_of
from latentmapper.make.training.metric import metric_factor, metric_over
from latentmapper.make.training.presence import GLOBAL_TOKENS
from latentmapper.make.training.recipe import load_recipe
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run
from latentmapper.make.training.view import view_head_of
from latentmapper.pack import Pack
from latentmapper.pack_folder import FORMAT, MODEL_CARD, NAMES, read_metadata
from latentmapper.photo.location import Location
from latentmapper.view import NUMBERS

METRIC_POINTS = 24
LEAST_BANDWIDTH = 1e-4
"""Far below the detail of any surface here; directions are stored in half precision."""


@dataclass(frozen=True)
class PackRecipe:
    """What a pack is called and how it may be used."""

    id: str
    """Name and version, such as "car-1"."""
    license: str = "CC0-1.0"
    """SPDX identifier of the pack's licence, as data."""
    level: float = 0.0
    """The surface lies where the distance is this (canonical frame): a little more than 0 keeps wings
    whole that are thinner than what the shape model resolves, and thickens everything by as much."""
    head: Literal["direct", "bank", "residual"] | None = None
    """Answers with this head in place of the mapper's own. One body may train the direct answer and the
    bank's weights (--bank-weight): the bank's mixtures are the tamer ones where photos are unlike renders."""
    sharpness: float | None = None
    """Replaces the mapper's own; one that is too sure of itself on held-out pictures wants less than 1."""
    bank_sources: tuple[str, ...] = ()
    """Sources whose shapes are known: answers are mixed from these alone, and drawn towards them; all sources
    if none is given. Shapes unlike any in photographs, such as toys, may teach and be no answers."""
    bandwidth: float | None = None
    """Draw codes towards known shapes whose surfaces lie within about this distance (network units): crisper
    shapes than the mapper's own mixture; 0.003 suits cars and airplanes. None leaves codes as they are."""
    int8: bool = False
    """Store large matrices as int8, one scale a row: half the size; codes and surfaces hardly differ."""
    view: bool = False
    """Keep the head that tells from where a photo was taken (--view-weight), for reconstruct --overlay."""
    title: str = ""
    """One line for lists; by default made from the category."""


def build_pack(
    output: Path,
    recipe: PackRecipe,
    shape_run: Path,
    mapper_run: Path,
    store: JoinedStore,
    presence: tuple[np.ndarray, np.ndarray] | None = None,
    location: Location | None = None,
) -> dict[str, Any]:
    """Export graphs, check that ONNX Runtime and PyTorch agree, write the pack; return its metadata.

    Parameters
    ----------
    presence : weights (D,) and bias (1,) of `fit_presence`; None takes every picture to show the category.
    location : finds the object for a mapper of hidden tokens to look closer at; None looks at the whole.

    Raises
    ------
    PackError : an exported graph differs from its module by more than 1e-4.
    StoreError : mapper and shape model were not trained on the same shapes, or on others than the store's.
    RecipeError : `recipe.head` was not trained, or `location` does not fit the mapper's features.
    """
    model, mapper, details = load_shape_run(shape_run), *load_mapper_run(mapper_run)
    if details["ids"] != model.ids:
        raise StoreError("the mapper was trained on another shape model's codes; train it again")
    store.require(model.ids)
    _check_head(recipe.head, details["recipe"])
    known = _known(store, model.ids, recipe.bank_sources)
    mapper.limit_bank(torch.tensor(known))
    mapper.shape = replace(
        mapper.shape,
        head=recipe.head or mapper.shape.head,
        sharpness=mapper.shape.sharpness if recipe.sharpness is None else recipe.sharpness,
    )
    entries, clusters = describe_descriptors(details, mapper_run, location is not None)
    output.mkdir(parents=True, exist_ok=True)
    _clear(output)
    base = export_base(model, output, recipe.level, recipe.int8) | {"level": recipe.level}
    view = view_head_of(mapper_run, best_of(mapper_run), details) if recipe.view else None
    export_mapper(mapper, view, output, recipe.bandwidth is None, recipe.int8)
    export_encoder(mapper_run, output, recipe.int8)
    keep_clip(mapper_run, output)
    length = entries["descriptor"]["length"]
    weight, bias = presence or _always(length)
    if "closer" in entries:
        weight = _fitted(weight, length)
    if len(weight) != length:
        raise PackError(
            f"the check for the category reads descriptors of length {len(weight)}, the mapper {length}"
        )
    arrays = {
        "bank": model.codes[known].numpy().astype(np.float16),
        "mean_code": model.codes.mean(0).numpy(),
        "presence_weight": weight.astype(np.float32),
        "presence_bias": bias.astype(np.float32),
    }
    arrays |= clusters
    if location is not None:
        arrays |= location.to_arrays()
    if recipe.bandwidth is not None:
        arrays["projection"] = _directions(model, store, recipe.bandwidth)
    files.write_arrays(output / "arrays.safetensors", arrays)
    sources = _sources(store, model.ids)
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "id": recipe.id,
        "category": store.header["category"],
        "title": recipe.title or f"{store.header['category']}s from a photo",
        "base": base,
        "vit": {
            "sha256": details["vit_sha256"],
            "size": 224,
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
        },
        **entries,
        **({} if view is None else {"view": list(NUMBERS[: view.out_features])}),
        "training": {
            "shapes": len(model.ids),
            "pictures": details["pictures"],
            "shape_recipe": json.loads((shape_run / "recipe.json").read_text()),
            "mapper_recipe": details["recipe"],
            "head": mapper.shape.head,
            "sharpness": mapper.shape.sharpness,
            "bandwidth": recipe.bandwidth,
            **_hours(shape_run, mapper_run),
        },
        "results": [],
        "sources": sources,
        "license": {"spdx": recipe.license},
        "shapes": [model.ids[number] for number in known],
    }
    files.write_text(output / "LICENSE", license_text(recipe.license))
    files.write_text(output / "NOTICE", notice(metadata, sources))
    files.write_text(output / MODEL_CARD, model_card(metadata))
    names = [spoken_name(metadata["category"], shape) for shape in metadata["shapes"]]
    files.write_json(output / NAMES, names)
    metadata["files"] = {
        path.name: files.sha256_of_file(path)
        for path in sorted(output.iterdir())
        if path.is_file() and path.name != "pack.json" and not path.name.startswith(".")
    }
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


def _known(store: JoinedStore, ids: list[str], sources: tuple[str, ...]) -> list[int]:
    """Numbers of the training shapes that a pack knows. Raises `RecipeError` for a source that has none."""
    source = {record.id: record.source for record in store.records}
    if absent := sorted(set(sources) - {source[shape] for shape in ids}):
        raise RecipeError(f"--bank-sources {absent[0]}: no training shape is from there")
    return [number for number, shape in enumerate(ids) if not sources or source[shape] in sources]


def _check_head(head: str | None, trained: dict[str, Any]) -> None:
    """Raises `RecipeError` where a head is asked for that the run did not train."""
    own = trained["shape"]["head"]
    weighs = trained["entropy_weight"] > 0 or trained.get("bank_weight", 0) > 0
    mixes = own != "direct" or (weighs and trained["shape"].get("body") != "dense")
    if head is None or head == own or (head == "bank" and mixes):
        return
    raise RecipeError(
        f"--head {head}: the mapper was trained with --shape.head {own}; train it for that head"
    )


def _always(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Where there is nothing to tell the category from, every picture is taken to show it."""
    return np.zeros(length, np.float32), np.ones(1, np.float32)


def _fitted(weight: np.ndarray, length: int) -> np.ndarray:
    """The weights of the global tokens, which stand first whatever the grid; those of cells are zero."""
    kept = weight[:length].copy()
    kept[length // (GLOBAL_TOKENS + 1) * GLOBAL_TOKENS :] = 0
    return kept


def presence_of(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Weights (D,) and bias (1,) by which a pack tells whether a picture shows its category.

    They read the global tokens alone, so a pack of the same ViT and grid can take them over.
    Raises `MissingError` or `PackError` as `Pack` does.
    """
    arrays = Pack.open(folder).arrays
    return arrays["presence_weight"], arrays["presence_bias"]


def load_mapper_run(folder: Path) -> tuple[Mapper, dict[str, Any]]:
    """The trained mapper of a run and what `mapper.json` says of it.

    Raises
    ------
    StoreError : there is no run in the folder.
    """
    if not all((folder / name).is_file() for name in (checkpoint.NAME, "mapper.json")):
        raise StoreError(f"no trained mapper in {folder}; make one with: latentmapper train mapper")
    details = json.loads((folder / "mapper.json").read_text())
    shape: MapperShape = load_recipe(MapperRecipe, folder / "recipe.json").shape
    mapper = Mapper(
        shape, torch.zeros(len(details["ids"]), details["code_size"]), details["tokens"], details["channels"]
    )
    checkpoint.load(best_of(folder), {"mapper": mapper}, [])
    return mapper.eval().requires_grad_(False), details


def _directions(model: TrainedShape, store: JoinedStore, bandwidth: float) -> np.ndarray:
    """(d, d) float16 what `Projection` measures codes by."""
    if not bandwidth >= LEAST_BANDWIDTH:
        raise RecipeError(f"--bandwidth must be at least {LEAST_BANDWIDTH:g}, not {bandwidth}")
    factor = metric_factor(metric_over(model, store.shapes("train"), METRIC_POINTS)).numpy()
    return np.ascontiguousarray(factor / bandwidth, np.float16)  # safetensors writes memory as it lies


def _hours(*runs: Path) -> dict[str, float]:
    """Hours that the runs took together, without others that they started from; none where logs lack them."""
    seconds = [log.seconds_of(run) for run in runs]
    known = [each for each in seconds if each is not None]
    return {"hours": round(sum(known) / 3600, 3)} if len(known) == len(runs) else {}


def _sources(store: JoinedStore, ids: list[str]) -> list[dict[str, Any]]:
    """How many training shapes came from which source under which licence."""
    known = {record.id: record for record in store.records}
    counts: dict[tuple[str, str], int] = {}
    for shape_id in ids:
        record = known[shape_id]
        counts[record.source, record.license] = counts.get((record.source, record.license), 0) + 1
    return [{"source": s, "license": li, "shapes": n} for (s, li), n in sorted(counts.items())]
