"""What a pack holds of the way from a picture to what its mapper reads."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import PackError, RecipeError, StoreError
from latentmapper.features.bag import KINDS, Bag
from latentmapper.features.clip import image as clip
from latentmapper.features.closer import NOTHING
from latentmapper.features.compression import ENCODER
from latentmapper.make.dataset.clustering import read_clusters
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import round_to_int8, round_weights, store_small
from latentmapper.make.training.autoencoder import NAME, load_encoder
from latentmapper.make.training.composed import AUTOENCODER
from latentmapper.make.training.presence import GLOBAL_TOKENS
from latentmapper.runtime import Session

AGREEMENT = 1e-4
Entries = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Fields of `pack.json`, and arrays by name."""


def describe_descriptors(details: dict[str, Any], mapper_run: Path, located: bool) -> Entries:
    """What `pack.json` and a pack's arrays say of how pictures are described.

    Parameters
    ----------
    details : the content of the run's `mapper.json`.
    located : whether the pack finds the object.

    Raises
    ------
    RecipeError : the features were made with a closer look and the pack cannot take one, or the reverse.
    StoreError : the run lacks its clusters, or they are damaged.
    """
    kind, first = details.get("kind", "pooled"), details.get("first")
    length = first["places"] * first["numbers"] if first else details["tokens"] * details["channels"]
    read = _read(details, mapper_run)
    if kind == "pooled":
        return {"descriptor": {"kind": kind, "grid": details["grid"], "length": length}, **read}, {}
    if kind == "tokens":
        closer: dict[str, Any] = {"kind": kind, "length": length}
        return {"descriptor": _overview(details["channels"]), "closer": closer, **read}, {}
    if kind == clip.KIND:
        nothing = {"kind": NOTHING, "length": 0}
        return {"descriptor": _overview(details["width"]), "closer": nothing, **read}, {}
    bag = _bag(details, mapper_run)
    _check_look(details["closer"], located)
    width = bag.clusters.centroids.shape[1] // len(bag.dense.blocks)
    entries = {"descriptor": _overview(width), "closer": bag.to_entry(), **read}
    return entries, bag.clusters.to_arrays()


def export_encoder(mapper_run: Path, output: Path, int8: bool) -> None:
    """Write the graph that compresses descriptors, where a mapper's run has an encoder.

    Raises
    ------
    PackError : the graph gives something else than its module.
    """
    if not (mapper_run / AUTOENCODER / NAME).is_file():
        return
    encoder, details = load_encoder(mapper_run / AUTOENCODER)
    round_weights(encoder)
    if int8:
        round_to_int8(encoder.matrices())
    example = _example(details)
    truth = encoder(example).numpy()
    export_onnx(encoder, example[:1], output / ENCODER, "descriptor", ["compressed"])
    store_small(output / ENCODER)
    made = Session(output / ENCODER).run(["compressed"], descriptor=example.numpy())[0]
    worst = float(np.abs(made - truth).max() / max(1.0, np.abs(truth).max()))
    if not worst <= AGREEMENT:
        raise PackError(f"the encoder differs between ONNX Runtime and PyTorch by {worst:.2g} of its range")


def keep_clip(mapper_run: Path, output: Path) -> None:
    """Copy the image encoder of a contrastive pair into a pack, where a mapper's run has one."""
    if (mapper_run / clip.GRAPH).is_file():
        files.copy(mapper_run / clip.GRAPH, output / clip.GRAPH)


def _read(details: dict[str, Any], mapper_run: Path) -> dict[str, Any]:
    """What stands between the descriptor and the mapper."""
    read: dict[str, Any] = {}
    if details.get("autoencoder"):
        encoder, _ = load_encoder(mapper_run / AUTOENCODER)
        read["encoder"] = {**asdict(encoder.shape), "length": encoder.shape.bottleneck}
    if details.get("beside"):
        read["beside"] = details["beside"]
    return read


def _overview(channels: int) -> dict[str, Any]:
    """The descriptor by which a pack knows its category, where its mapper reads another one."""
    return {"kind": "pooled", "grid": 1, "length": (GLOBAL_TOKENS + 1) * channels}


def _bag(details: dict[str, Any], mapper_run: Path) -> Bag:
    kind = details["kind"]
    if kind not in KINDS:
        raise StoreError(f"the mapper in {mapper_run} reads {kind}, which no pack can describe a photo by")
    try:
        return Bag.from_entry(details["bag"], read_clusters(mapper_run).to_arrays())
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"the mapper in {mapper_run} does not fit its clusters: {error}") from None


def _check_look(closer: bool, located: bool) -> None:
    if closer and not located:
        raise RecipeError("the features were made with --closer: name what finds the object with --location")
    if located and not closer:
        raise RecipeError("--location: the features were made without --closer, of whole pictures")


def _example(details: dict[str, Any]) -> torch.Tensor:
    """Three descriptors (3, T * C) such as the encoder was trained on."""
    size = (3, details["places"] * details["numbers"])
    if details["labels"]:
        return torch.randint(details["labels"], size).float()
    return torch.rand(size)
