"""Mappers learn from descriptors, stop early, keep their best, and stay inside the bank where they must."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.dataset.features import FeatureRecord, Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.mapper import Mapper, MapperShape, Whitening  # noqa: E402
from latentmapper.make.packaging import load_mapper_run  # noqa: E402
from latentmapper.make.training.mapper import MapperRecipe, train_mapper  # noqa: E402
from latentmapper.make.training.metric import code_metric, metric_factor  # noqa: E402
from latentmapper.make.training.shape import TrainedShape, load_shape_run, train_shape  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

GRID, CHANNELS = 1, 6
SMALL = MapperRecipe(
    shape=MapperShape(components=6, grid=1, width=16, layers=1, heads=2, hidden=16),
    steps=60,
    batch=16,
    rate=1e-2,
    distance_shapes=1,
    distance_points=64,
    metric_points=4,
    check_every=30,
)


def write_features(path: Path, shapes: dict[str, str], pictures: int = 12) -> Features:
    """Descriptors that tell the shape by a vector of its own, plus noise; `shapes` is id -> split."""
    path.mkdir()
    rng = np.random.default_rng(0)
    records = []
    for i, (shape, split) in enumerate(shapes.items()):
        own = np.random.default_rng(i).normal(size=(GRID**2 + 2) * CHANNELS)
        descriptors = own + rng.normal(0, 0.1, (pictures, len(own)))
        save_file({"descriptors": descriptors.astype(np.float16)}, path / f"{i}.safetensors")
        records.append(vars(FeatureRecord(shape, shape, split, "original", f"{i}.safetensors")))
    files.write_json(
        path / "features.json", {"format": 1, "vit_sha256": "0" * 64, "grid": GRID, "records": records}
    )
    return Features(path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedShape, JoinedStore, Path]:
    """A shape model of three ellipsoids after a few steps."""
    folder = tmp_path_factory.mktemp("shape")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "run", dataclasses.replace(TINY, steps=30))
    return load_shape_run(folder / "run"), store, folder


@pytest.mark.parametrize("head", ["direct", "bank", "residual"])
@pytest.mark.parametrize("body", ["whitened", "attention", "mlp"])
def test_every_head_learns_which_shape_is_shown(trained, tmp_path: Path, head: str, body: str) -> None:
    model, store, _ = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    shape = dataclasses.replace(SMALL.shape, head=head, body=body, token_dropout=0.0)
    entropy = 0.0 if head == "direct" else 0.3
    recipe = dataclasses.replace(SMALL, shape=shape, entropy_weight=entropy, distance_weight=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "run", recipe)
    mapper, details = load_mapper_run(tmp_path / "run")
    assert details["ids"] == model.ids
    for i, record in enumerate(features.records):
        code, _ = mapper(torch.from_numpy(features.load(record)).float())
        nearest = torch.cdist(code, model.codes).argmin(1)
        assert (nearest == i).float().mean() > 0.8


def test_bank_codes_stay_inside_the_bank(trained) -> None:
    model, _, _ = trained
    mapper = Mapper(MapperShape(head="bank", components=4, grid=1, hidden=8), model.codes, 3, CHANNELS).eval()
    far = 100 * torch.randn(5, 3 * CHANNELS)
    code, weights = mapper(far)
    torch.testing.assert_close(weights.sum(1), torch.ones(5))
    assert (code <= model.codes.max(0).values + 1e-5).all()
    assert (code >= model.codes.min(0).values - 1e-5).all()


def test_the_residual_is_bounded(trained) -> None:
    model, _, _ = trained
    mapper = Mapper(MapperShape(bound=0.5, components=4, grid=1, hidden=8), model.codes, 3, CHANNELS).eval()
    torch.nn.init.normal_(mapper.change.weight, std=100)
    code, weights = mapper(torch.randn(5, 3 * CHANNELS))
    moved = (code - weights @ model.codes).abs() / mapper.code_std
    assert moved.max() <= 0.5 + 1e-4
    assert moved.max() > 0.4


def test_held_out_pictures_stop_the_run_and_the_best_is_kept(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    splits = dict.fromkeys(model.ids, "train") | {"egg-3": "validation"}
    features = write_features(tmp_path / "features", splits)
    recipe = dataclasses.replace(SMALL, steps=2000, check_every=5, patience=2)
    train_mapper(model, store, [features], {"egg-3": model.codes[0].numpy()}, tmp_path / "run", recipe)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    looks = [line for line in lines if "held_out_displacement" in line]
    assert looks[-1].get("stop") == 1.0
    assert all(look["variance_ratio"] >= 0 for look in looks)
    best = min(looks, key=lambda look: look["held_out_displacement"])
    assert best["step"] == looks[-1]["step"] - 2 * recipe.check_every


def test_whitened_components_have_unit_variance() -> None:
    rng = torch.Generator().manual_seed(0)
    mixing = torch.randn(6 * CHANNELS, 6 * CHANNELS, generator=rng)
    descriptors = torch.randn(400, 6 * CHANNELS, generator=rng) @ mixing + 3
    whitening = Whitening(6, CHANNELS, grid=2, components=10)
    whitening.fit(descriptors)
    found = whitening(descriptors)
    torch.testing.assert_close(found.mean(0), torch.zeros(10), atol=1e-4, rtol=0)
    torch.testing.assert_close(found.std(0), torch.ones(10), atol=0.05, rtol=0)


def test_coarser_cells_are_averages() -> None:
    descriptor = torch.arange(2 + 16).float()[None]
    coarse = Whitening(18, 1, grid=2, components=1).coarse(descriptor)[0]
    torch.testing.assert_close(coarse, torch.tensor([0.0, 1.0, 4.5, 6.5, 12.5, 14.5]))


def test_features_of_other_shapes_are_refused(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_features(tmp_path / "features", {"stranger": "train"})
    with pytest.raises(StoreError, match="no picture shows a shape whose code is known"):
        train_mapper(model, store, [features], {}, tmp_path / "run", SMALL)


def test_the_code_metric_predicts_small_surface_displacements(trained) -> None:
    model, store, _ = trained
    surface = store.load(store.records[0]).surface_points / 1.03
    factor = metric_factor(code_metric(model, [surface], model.codes[:1], points=200))
    change = 1e-3 * torch.randn(1, model.codes.shape[1], generator=torch.Generator().manual_seed(0))
    points = torch.from_numpy(surface)[None]
    before = model.network(model.codes[:1], points)
    after = model.network(model.codes[:1] + change, points)
    truth = (after - before).square().mean().sqrt()
    torch.testing.assert_close((change @ factor).norm(), truth, rtol=0.25, atol=1e-7)
