"""Mappers learn from descriptors, stop early, keep their best, and stay inside the bank where they must."""

import dataclasses
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.features import FeatureRecord, Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.mapper import Mapper, MapperShape, Whitening  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.mapper import train_mapper, variance_ratio  # noqa: E402
from latentmapper.make.training.mapper_recipe import POOLED  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.metric import code_metric, metric_factor  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

GRID, CHANNELS = 1, 6
SMALL = dataclasses.replace(
    POOLED,
    shape=dataclasses.replace(POOLED.shape, components=6, grid=1, layers=1, hidden=16),
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


def write_tokens(path: Path, shapes: dict[str, str], pictures: int = 6) -> Features:
    """Hidden tokens of which some patches tell the shape by a vector of its own."""
    path.mkdir()
    rng = np.random.default_rng(0)
    records = []
    for i, (shape, split) in enumerate(shapes.items()):
        tokens = rng.normal(0, 0.3, (pictures, 257, CHANNELS))
        tokens[:, 100:] += 3 * np.random.default_rng(i).normal(size=CHANNELS)
        save_file({"descriptors": tokens.reshape(pictures, -1).astype(np.float16)}, path / f"{i}.safetensors")
        records.append(vars(FeatureRecord(shape, shape, split, "original", f"{i}.safetensors")))
    header = {"format": 1, "vit_sha256": "0" * 64, "kind": "tokens", "grid": 0, "records": records}
    files.write_json(path / "features.json", header)
    return Features(path)


def block_weights(width: int = CHANNELS, blocks: int = 2) -> dict:
    """Random weights under the names of DINOv2's checkpoints."""
    rng = torch.Generator().manual_seed(0)
    shapes = {f"attention.attention.{name}": (width, width) for name in ("query", "key", "value")}
    shapes |= {"attention.output.dense": (width, width), "norm1": (width,), "norm2": (width,)}
    shapes |= {"mlp.fc1": (4 * width, width), "mlp.fc2": (width, 4 * width)}
    found = {f"layernorm.{part}": torch.ones(width) for part in ("weight", "bias")}
    for i in range(blocks):
        for name, shape in shapes.items():
            found[f"encoder.layer.{i}.{name}.weight"] = torch.randn(shape, generator=rng) * width**-0.5
            found[f"encoder.layer.{i}.{name}.bias"] = torch.randn(shape[:1], generator=rng)
        for name in ("layer_scale1", "layer_scale2"):
            found[f"encoder.layer.{i}.{name}.lambda1"] = torch.ones(width)
    return found


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedShape, JoinedStore, Path]:
    """A shape model of three ellipsoids after a few steps."""
    folder = tmp_path_factory.mktemp("shape")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "run", dataclasses.replace(TINY, steps=30))
    return load_shape_run(folder / "run"), store, folder


@pytest.mark.parametrize("head", ["direct", "bank", "residual"])
def test_every_head_learns_which_shape_is_shown(trained, tmp_path: Path, head: str) -> None:
    model, store, _ = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    shape = dataclasses.replace(SMALL.shape, head=head)
    entropy = 0.0 if head == "direct" else 0.3
    recipe = dataclasses.replace(SMALL, shape=shape, entropy_weight=entropy, distance_weight=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "run", recipe)
    mapper, details = load_mapper_run(tmp_path / "run")
    assert details["ids"] == model.ids
    for i, record in enumerate(features.records):
        code, _ = mapper(torch.from_numpy(np.array(features.load(record), np.float32)))
        nearest = torch.cdist(code, model.codes).argmin(1)
        assert (nearest == i).float().mean() > 0.8


def test_bank_codes_stay_inside_the_bank(trained) -> None:
    model, _, _ = trained
    mapper = Mapper(
        MapperShape(head="bank", body="whitened", components=4, grid=1, hidden=8), model.codes, 3, CHANNELS
    ).eval()
    far = 100 * torch.randn(5, 3 * CHANNELS)
    code, weights = mapper(far)
    torch.testing.assert_close(weights.sum(1), torch.ones(5))
    assert (code <= model.codes.max(0).values + 1e-5).all()
    assert (code >= model.codes.min(0).values - 1e-5).all()


def test_the_residual_is_bounded(trained) -> None:
    model, _, _ = trained
    mapper = Mapper(
        MapperShape(head="residual", body="whitened", components=4, grid=1, hidden=8),
        model.codes,
        3,
        CHANNELS,
    ).eval()
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
    assert not any("variance_ratio" in look for look in looks)  # of one shape: its codes do not vary
    best = min(looks, key=lambda look: look["held_out_displacement"])
    assert best["step"] == looks[-1]["step"] - 2 * recipe.check_every


def test_a_run_that_was_stopped_stays_so_until_patience_grows(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    splits = dict.fromkeys(model.ids, "train") | {"egg-3": "validation"}
    features = write_features(tmp_path / "features", splits)
    codes, run = {"egg-3": model.codes[0].numpy()}, tmp_path / "run"
    recipe = dataclasses.replace(SMALL, steps=2000, check_every=5, patience=2)
    again = partial(train_mapper, model, store, [features], codes, run)
    again(recipe)
    stopped = checkpoint.step_of(run)
    again(recipe)
    assert checkpoint.step_of(run) == stopped
    again(dataclasses.replace(recipe, patience=3, steps=stopped + 5))
    assert checkpoint.step_of(run) == stopped + 5
    with pytest.raises(RecipeError, match=f"begun with warmup {SMALL.warmup}, not 99"):
        again(dataclasses.replace(recipe, batch=99, warmup=99))


def test_how_much_answers_vary_is_told_of_truths_that_do() -> None:
    truth = torch.tensor([[0.0, 1.0], [2.0, 1.0]])
    assert variance_ratio(truth / 2, truth) == {"variance_ratio": pytest.approx(0.25)}
    assert variance_ratio(truth[:1], truth[:1]) == {}


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


def test_codes_of_a_shape_model_of_other_sizes_are_refused(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_features(tmp_path / "features", dict.fromkeys([*model.ids, "egg-3"], "train"))
    other = {"egg-3": np.zeros(model.codes.shape[1] + 1, np.float32)}
    with pytest.raises(StoreError, match=r"--codes: the code of egg-3 is not of the \d+ numbers"):
        train_mapper(model, store, [features], other, tmp_path / "run", SMALL)


def test_a_model_of_a_single_shape_is_refused(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store", shapes=2)])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=1))
    model = load_shape_run(tmp_path / "run")
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    with pytest.raises(StoreError, match="the shape model knows a single shape"):
        train_mapper(model, store, [features], {}, tmp_path / "mapper", SMALL)


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


def test_blocks_of_a_vit_learn_which_shape_is_shown(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_tokens(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    shape = MapperShape(
        head="direct", body="blocks", layers=1, queries=1, hidden=16, token_dropout=0.5, dropout=0.0
    )
    recipe = dataclasses.replace(
        SMALL, shape=shape, steps=100, entropy_weight=0.0, block_rate=3e-3, warmup=5, distance_weight=0.0
    )
    train_mapper(model, store, [features], {}, tmp_path / "run", recipe, block_weights())
    mapper, details = load_mapper_run(tmp_path / "run")
    assert (details["kind"], details["tokens"]) == ("tokens", 257)
    for i, record in enumerate(features.records):
        code, _ = mapper(torch.from_numpy(np.array(features.load(record), np.float32)))
        nearest = torch.cdist(code, model.codes).argmin(1)
        assert (nearest == i).float().mean() > 0.8


def test_a_body_of_blocks_starts_from_the_last_ones_and_learns_more_slowly(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_tokens(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    shape = MapperShape(body="blocks", layers=1, queries=1, hidden=16, dropout=0.0)
    recipe = dataclasses.replace(SMALL, shape=shape, steps=1, rate=1e-2, block_rate=1e-6)
    weights = block_weights()
    train_mapper(model, store, [features], {}, tmp_path / "run", recipe, weights)
    mapper, _ = load_mapper_run(tmp_path / "run")
    last = weights["encoder.layer.1.mlp.fc1.weight"]
    first = mapper.state_dict()["body.blocks.0.mlp.0.weight"]
    assert 0 < (first - last).abs().max() < 1e-5


@pytest.mark.parametrize(("body", "kind"), [("blocks", "tokens"), ("whitened", "pooled")])
def test_features_that_the_body_cannot_read_are_refused(
    trained, tmp_path: Path, body: str, kind: str
) -> None:
    model, store, _ = trained
    write = write_features if body == "blocks" else write_tokens
    features = write(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, shape=dataclasses.replace(SMALL.shape, body=body))
    with pytest.raises(StoreError, match=f"--shape.body {body} reads features of --kind {kind}"):
        train_mapper(model, store, [features], {}, tmp_path / "run", recipe)
    assert not (tmp_path / "run").exists()


def test_the_mixture_and_the_view_are_learned_beside_the_code(trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    shape = dataclasses.replace(SMALL.shape, head="direct")
    recipe = dataclasses.replace(
        SMALL, shape=shape, steps=400, bank_weight=10.0, view_weight=1.0, distance_weight=0.0
    )
    train_mapper(model, store, [features], {}, tmp_path / "run", recipe)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    losses = [line for line in lines if "bank" in line]
    assert losses[-1]["bank"] < 0.5 * losses[0]["bank"]
    assert losses[-1]["view"] < 0.2 * losses[0]["view"]
    load_mapper_run(tmp_path / "run")
