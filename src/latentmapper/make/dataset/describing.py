"""Pictures to descriptors: each picture goes through the ViT once, the result is kept; see `features`.

Rerunning does only what is missing.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import StoreError, UsageError
from latentmapper.features import efficientnet
from latentmapper.features.bag import KINDS, Bag
from latentmapper.features.clip import image as clip_image
from latentmapper.features.clip.bundled import TOKENS
from latentmapper.features.clip.image import ClipImage
from latentmapper.features.descriptor import pool
from latentmapper.make.dataset.clustering import (
    BagRecipe,
    BlockedDescriber,
    make_bag,
)
from latentmapper.make.dataset.describer import BLANK, Describer
from latentmapper.make.dataset.feature_header import HEADER, check_header, refuse_others
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import FeatureRecord, Features
from latentmapper.make.dataset.looks import Look, closer_by, closer_by_mask, squares, whole
from latentmapper.make.dataset.neighbours import with_neighbours
from latentmapper.make.dataset.views import ViewRecord, Views
from latentmapper.pace import LOG, Pace, logged
from latentmapper.photo.location import Location
from latentmapper.places import Place
from latentmapper.runtime import DEFAULT_THREADS

Describe = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Squares (n, 224, 224, 3) float32 0..1 -> their descriptors (n, D)."""


def describe_views(
    views: Views,
    output: Place,
    vit: Describer,
    recipe: FeatureRecipe,
    location: Location | None = None,
    clusters: Place | None = None,
    clip: ClipImage | None = None,
) -> None:
    """Describe every picture of `views` into `output`.

    Parameters
    ----------
    location : finds what is looked closer at; None goes by the true masks.
    clusters : a folder of features whose clusters are taken over; None finds them in these views.
    clip : the image encoder of a pair, whose graph lies in `output` already (kind clip).

    Raises
    ------
    StoreError : a closer look is wanted at pictures that are no squares, or the folder holds features of
        another kind, or damaged clusters.
    RecipeError : the recipe does not fit the ViT or the views.
    """
    if recipe.looks_closer:
        views.require_squares()
    header = _header(vit, recipe, location, output)
    refuse_others(output / HEADER, header)
    look = _look(recipe, location, vit)
    bag = _bag(views, output, vit, recipe, look, clusters)
    if bag:
        header |= {"bag": bag.to_entry(), "clusters": bag.clusters.sha256}
    describe = _description(vit, recipe, bag, clip)
    if recipe.kind == "pooled":
        describe(BLANK)  # a grid that does not fit is refused before the folder is bound to it
    check_header(output / HEADER, header)
    missing = [record for record in views.records if not (output / _file_of(record)).is_file()]
    total, left = (sum(record.views for record in some) for some in (views.records, missing))
    pace = Pace(total, "pictures", total - left)
    for record in logged(missing, output / LOG, lambda record: record.views):
        _describe_shard(views, record, output / _file_of(record), recipe, look, describe)
        pace.step(record.views)
    records = [
        vars(FeatureRecord(each.shape, each.group, each.split, each.mesh, _file_of(each)))
        for each in views.records
    ]
    width = {} if clip is None else {"width": vit.describe(BLANK).cls.shape[1]}
    files.write_json(output / HEADER, {**header, "records": records, **width})


def _header(
    vit: Describer, recipe: FeatureRecipe, location: Location | None, output: Place
) -> dict[str, Any]:
    """What decides the descriptors, as far as it is known before clusters are found."""
    header: dict[str, Any] = {
        "format": 1,
        "vit_sha256": vit.sha256,
        "kind": recipe.kind,
        "grid": recipe.grid if recipe.kind in ("pooled", "histogram") else 0,
        "located": recipe.looks_closer and location is not None,
        "neighbours": recipe.neighbours if recipe.looks_closer else 0.0,
        "precision": recipe.precision,
    }
    if recipe.looks_closer and location is not None:
        header["location"] = files.sha256_of_bytes(*(a.tobytes() for a in location.to_arrays().values()))
    if recipe.kind in ("pooled", *KINDS):
        header["closer"] = recipe.closer
    if recipe.kind in KINDS:
        header["bag_recipe"] = asdict(recipe.bag) | {"size": list(recipe.bag.size)}
    if recipe.kind == clip_image.KIND:
        header["clip"] = files.sha256_of_file(local(output / clip_image.GRAPH))
    if recipe.kind == efficientnet.KIND:
        header["network"] = efficientnet.SHA256
    return header


def _file_of(record: ViewRecord) -> str:
    """Name of the file with the descriptors of a shard of views."""
    return f"{record.sha256[:24]}.safetensors"


def _look(recipe: FeatureRecipe, location: Location | None, vit: Describer) -> Look:
    if not recipe.looks_closer:
        return whole if recipe.kind in KINDS else squares
    return closer_by(location, vit) if location else closer_by_mask


def _bag(
    views: Views, output: Place, vit: Describer, recipe: FeatureRecipe, look: Look, clusters: Place | None
) -> Bag | None:
    if recipe.kind in ("pooled", "tokens", "clip", "efficientnet"):
        return None
    if recipe.precision == "int8":
        raise UsageError(f"--precision int8 is not for --kind {recipe.kind}")
    assert isinstance(vit, BlockedDescriber)
    if clusters is not None:
        _check_clusters(Features(clusters), vit, recipe.bag)
    return make_bag(views, output, vit, recipe.kind, recipe.grid, recipe.bag, look, clusters)


def _check_clusters(taken: Features, vit: Describer, recipe: BagRecipe) -> None:
    """Raises `StoreError` where the clusters of other features are not of what is to be clustered here."""
    if taken.bag is None:
        raise StoreError(f"{taken.folder} holds no clusters; its features are of --kind {taken.kind}")
    asked = {"ViT": (taken.vit_sha256, vit.sha256)}
    asked |= {name: (taken.bag_recipe.get(name), getattr(recipe, name)) for name in ("facet", "blocks")}
    if other := [name for name, (found, wanted) in asked.items() if found != wanted]:
        raise StoreError(f"{taken.folder} holds clusters of another {other[0]}")


def _description(vit: Describer, recipe: FeatureRecipe, bag: Bag | None, clip: ClipImage | None) -> Describe:
    if bag is not None:
        assert isinstance(vit, BlockedDescriber)
        return lambda images: bag(vit, images)
    if recipe.kind == efficientnet.KIND:
        return efficientnet.EfficientNet(DEFAULT_THREADS)
    if recipe.kind == "tokens":
        return lambda images: vit.hidden(images).reshape(len(images), -1)
    if clip is not None:
        return lambda images: clip(images, vit.describe(images) if clip.reads == TOKENS else None)
    return lambda images: pool(vit.describe(images), recipe.grid)


def _describe_shard(
    views: Views, record: ViewRecord, path: Place, recipe: FeatureRecipe, look: Look, describe: Describe
) -> None:
    rng = np.random.default_rng(int(record.sha256[:8], 16))
    shown = views.load(record)
    if recipe.neighbours and recipe.looks_closer:
        shown = with_neighbours(shown, recipe.neighbours, rng)
    images = look(shown, rng)
    starts = range(0, len(images), recipe.batch)
    made = np.concatenate([describe(images[i : i + recipe.batch]) for i in starts])
    arrays = {
        "descriptors": made if made.dtype == np.uint8 else made.astype(np.float16),
        "directions": np.array([-view.camera.axes[2] for view in shown], np.float32),
        "rolls": np.array([view.camera.roll for view in shown], np.float32),
        "occlusion": np.array([view.occlusion for view in shown], np.float32),
    }
    files.write_arrays(path, arrays)
