"""Baselines small enough to train in a test."""

from dataclasses import replace
from pathlib import Path

from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Store
from latentmapper.make.dataset.views import Views
from latentmapper.make.models.atlasnet import AtlasNetShape
from latentmapper.make.models.imnet import ImNetShape
from latentmapper.make.models.resnet import ResNetShape
from latentmapper.make.training.atlasnet_recipe import AtlasNetRecipe
from latentmapper.make.training.baseline import train_baseline
from latentmapper.make.training.imnet_recipe import ImNetRecipe
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views

ENCODER = ResNetShape(width=8, side=32)
ATLASNET = AtlasNetRecipe(
    recipe="atlasnet-sphere-small",
    shape=AtlasNetShape("sphere", 1, code_size=16, hidden=16, encoder=ENCODER),
    auto_steps=4,
    encoder_steps=4,
    joint_steps=4,
    batch=4,
    points=200,
    read=100,
    check_every=2,
)
SQUARES = replace(
    ATLASNET, recipe="atlasnet-25-small", shape=replace(ATLASNET.shape, template="squares", patches=2)
)
IMNET = ImNetRecipe(
    recipe="imnet-small",
    shape=ImNetShape(code_size=8, hidden=16, channels=2, encoder=ENCODER),
    auto_steps=4,
    encoder_steps=4,
    batch=4,
    points=200,
    pictures=4,
    rate=1e-3,
    check_every=2,
)


def write_inputs(path: Path) -> tuple[JoinedStore, list[Views]]:
    """A store of ellipsoids and pictures of them below `path`, written once."""
    write_tiny_views(path / "views", write_tiny_store(path / "store"))
    return open_inputs(path)


def open_inputs(path: Path) -> tuple[JoinedStore, list[Views]]:
    """What `write_inputs` wrote."""
    store = Store.open(path / "store")
    joined = JoinedStore([store])
    # Known to be closed, so that their voxels are found at once.
    joined.records = [replace(record, origin="parametric") for record in joined.records]
    return joined, [Views.open(path / "views")]


def write_run(path: Path, recipe: AtlasNetRecipe | ImNetRecipe, name: str = "") -> Path:
    """A finished run of a recipe, with its inputs beside it."""
    train_baseline(*write_inputs(path.parent), path, recipe, name)
    return path
