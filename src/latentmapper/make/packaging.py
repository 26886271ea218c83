"""Building a pack: a trained shape model and mapper become a folder that needs no torch."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors.numpy import save_file

from latentmapper import files
from latentmapper.errors import PackError, RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.descriptors import AGREEMENT, describe_descriptors, export_encoder
from latentmapper.make.modelcard import license_text, model_card, notice
from latentmapper.make.models.base import BOUND
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import (
    large_matrices,
    plain_weights,
    round_to_int8,
    round_weights,
    store_small,
)
from latentmapper.make.models.mapper import Mapper, MapperShape
from latentmapper.make.training import checkpoint
from latentmapper.make.training.mapper import MapperRecipe, best_of
from latentmapper.make.training.metric import metric_factor, metric_over
from latentmapper.make.training.presence import GLOBAL_TOKENS
from latentmapper.make.training.recipe import load_recipe
from latentmapper.make.training.shape import TrainedShape, load_shape_run
from latentmapper.make.training.view import view_head_of
from latentmapper.pack import FORMAT, MODEL_CARD, Pack
from latentmapper.photo.location import Location
from latentmapper.runtime import Session
from latentmapper.shapes.base import load_base
from latentmapper.view import NUMBERS

METRIC_POINTS = 24
CHECKED = 512


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
    StoreError : mapper and shape model were not trained on the same shapes.
    RecipeError : `recipe.head` was not trained, or `location` does not fit the mapper's features.
    """
    model, mapper, details = load_shape_run(shape_run), *load_mapper_run(mapper_run)
    if details["ids"] != model.ids:
        raise StoreError("the mapper was trained on another shape model's codes; train it again")
    _check_head(recipe.head, details["recipe"])
    mapper.shape = replace(
        mapper.shape,
        head=recipe.head or mapper.shape.head,
        sharpness=mapper.shape.sharpness if recipe.sharpness is None else recipe.sharpness,
    )
    entries, clusters = describe_descriptors(details, mapper_run, location is not None)
    output.mkdir(parents=True, exist_ok=True)
    base = _export_base(model, output, recipe) | {"level": recipe.level}
    view = view_head_of(mapper_run, best_of(mapper_run), details) if recipe.view else None
    _export_mapper(mapper, view, output, recipe)
    export_encoder(mapper_run, output, recipe.int8)
    length = entries["descriptor"]["length"]
    weight, bias = presence or _always(length)
    if "closer" in entries:
        weight = _fitted(weight, length)
    if len(weight) != length:
        raise PackError(
            f"the check for the category reads descriptors of length {len(weight)}, the mapper {length}"
        )
    arrays = {
        "bank": model.codes.numpy().astype(np.float16),
        "mean_code": model.codes.mean(0).numpy(),
        "presence_weight": weight.astype(np.float32),
        "presence_bias": bias.astype(np.float32),
    }
    arrays |= clusters
    if location is not None:
        arrays |= location.to_arrays()
    if recipe.bandwidth is not None:
        arrays["projection"] = _directions(model, store, recipe.bandwidth)
    save_file(arrays, output / "arrays.safetensors")
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
        },
        "results": [],
        "sources": sources,
        "license": {"spdx": recipe.license},
        "shapes": model.ids,
    }
    files.write_text(output / "LICENSE", license_text(recipe.license))
    files.write_text(output / "NOTICE", notice(metadata, sources))
    files.write_text(output / MODEL_CARD, model_card(metadata))
    metadata["files"] = {
        path.name: files.sha256_of_file(path)
        for path in sorted(output.iterdir())
        if path.is_file() and path.name != "pack.json" and not path.name.startswith(".")
    }
    files.write_json(output / "pack.json", metadata)
    return metadata


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
    if not (folder / checkpoint.NAME).is_file():
        raise StoreError(f"no trained mapper in {folder}; make one with: latentmapper train mapper")
    details = json.loads((folder / "mapper.json").read_text())
    shape: MapperShape = load_recipe(MapperRecipe, folder / "recipe.json").shape
    mapper = Mapper(
        shape, torch.zeros(len(details["ids"]), details["code_size"]), details["tokens"], details["channels"]
    )
    checkpoint.load(best_of(folder), {"mapper": mapper}, [])
    return mapper.eval().requires_grad_(False), details


def _export_base(model: TrainedShape, output: Path, recipe: PackRecipe) -> dict[str, Any]:
    plain_weights(model.network)
    round_weights(model.network)
    if recipe.int8:
        round_to_int8(large_matrices(model.network))
    entry = model.network.export(output, recipe.level / BOUND)
    for name in model.network.graphs:
        store_small(output / name)
    points = torch.rand(CHECKED, 3, generator=torch.Generator().manual_seed(0)) * 2 - 1
    base = load_base(output, entry)
    for code in model.codes[:3]:
        prepared = model.network.prepare(code[None])
        truth = model.network.distances(prepared, points[None])[0] * BOUND - recipe.level
        _check(base.field(code.numpy()).evaluate(points.numpy() * BOUND), truth, "the shape model")
    return entry


def _export_mapper(mapper: Mapper, view: torch.nn.Linear | None, output: Path, recipe: PackRecipe) -> None:
    round_weights(mapper)
    if recipe.int8:
        round_to_int8(mapper.matrices())
    if view is not None:
        round_weights(view)
    example = torch.randn(3, mapper.tokens * mapper.channels)
    # The projection weighs the known shapes anew, so what the mapper weighs them by is left out.
    names = ["code", "weights"] if recipe.bandwidth is None else ["code"]
    exported = _Outputs(mapper, len(names), view)
    names += ["view"] * (view is not None)
    with torch.no_grad():
        truth = exported(example)
    export_onnx(exported, example[:1], output / "mapper.onnx", "descriptor", names)
    store_small(output / "mapper.onnx")
    made = Session(output / "mapper.onnx").run(names, descriptor=example.numpy())
    for found, wanted in zip(made, truth, strict=True):
        _check(found, wanted, "the mapper")


class _Outputs(torch.nn.Module):
    """A mapper's first outputs alone, and the view if it is told."""

    def __init__(self, mapper: Mapper, count: int, view: torch.nn.Linear | None) -> None:
        super().__init__()
        self.mapper, self.count, self.view = mapper, count, view

    def forward(self, descriptor: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.mapper.hidden(self.mapper.encode(descriptor))
        told = self.mapper.answer(hidden)[: self.count]
        return told if self.view is None else (*told, self.view(hidden))


def _check(found: np.ndarray, truth: torch.Tensor, what: str) -> None:
    worst = float(np.abs(found - truth.numpy()).max())
    if not worst <= AGREEMENT:
        raise PackError(
            f"{what} differs between ONNX Runtime and PyTorch by {worst:.2g} (at most {AGREEMENT:g})"
        )


def _directions(model: TrainedShape, store: JoinedStore, bandwidth: float) -> np.ndarray:
    """(d, d) float32 what `Projection` measures codes by."""
    if not bandwidth > 0:
        raise RecipeError(f"--bandwidth must be positive, not {bandwidth}")
    data = {record.id: store.load(record) for record in store.split("train")}
    factor = metric_factor(metric_over(model, data, METRIC_POINTS)).numpy()
    return np.ascontiguousarray(factor / bandwidth)  # safetensors writes memory as it lies


def _sources(store: JoinedStore, ids: list[str]) -> list[dict[str, Any]]:
    """How many training shapes came from which source under which licence."""
    known = {record.id: record for record in store.records}
    counts: dict[tuple[str, str], int] = {}
    for shape_id in ids:
        record = known[shape_id]
        counts[record.source, record.license] = counts.get((record.source, record.license), 0) + 1
    return [{"source": s, "license": li, "shapes": n} for (s, li), n in sorted(counts.items())]
