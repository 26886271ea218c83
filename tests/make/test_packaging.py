"""A trained model and mapper become a pack that the use half opens, agrees with, and refuses when damaged."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import PackError, RecipeError, StoreError  # noqa: E402
from latentmapper.features.vit import Tokens  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.models.mapper import MapperShape  # noqa: E402
from latentmapper.make.models.triplane import Triplane  # noqa: E402
from latentmapper.make.packaging import PackRecipe, build_pack, load_mapper_run, presence_of  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.metric import metric_factor, metric_over  # noqa: E402
from latentmapper.make.training.presence import fit_presence  # noqa: E402
from latentmapper.make.training.shape import load_shape_run, train_shape  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.photo.location import centres  # noqa: E402
from latentmapper.runtime import Session  # noqa: E402
from tests.make.fake_vit import head_for  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_dit import TINY as TINY_DIT  # noqa: E402
from tests.make.training.test_mapper import (  # noqa: E402
    CHANNELS,
    GRID,
    SMALL,
    block_weights,
    write_features,
    write_tokens,
)
from tests.make.training.test_shape import TINY  # noqa: E402

Runs = tuple[JoinedStore, Path]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A store, and a folder with a shape run, a mapper run and the pack made of them."""
    folder = tmp_path_factory.mktemp("runs")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "shape", dataclasses.replace(TINY, steps=40))
    model = load_shape_run(folder / "shape")
    features = write_features(folder / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, steps=4, distance_weight=0.0)
    train_mapper(model, store, [features], {}, folder / "mapper", recipe)
    build_pack(folder / "pack", PackRecipe("egg-1", level=0.01), folder / "shape", folder / "mapper", store)
    return store, folder


def test_the_pack_gives_the_codes_and_fields_of_the_torch_models(runs: Runs) -> None:
    _, folder = runs
    pack = Pack.open(folder / "pack")
    mapper, _ = load_mapper_run(folder / "mapper")
    round_weights(mapper)
    descriptor = np.random.default_rng(0).normal(size=(GRID**2 + 2) * CHANNELS).astype(np.float32)
    code, weights = mapper(torch.from_numpy(descriptor)[None])
    mapping = pack.map(descriptor)
    np.testing.assert_allclose(mapping.code, code[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(mapping.weights, weights[0].numpy(), atol=1e-4)

    model = load_shape_run(folder / "shape")
    round_weights(model.network)
    points = np.random.default_rng(1).uniform(-1, 1, (200, 3)).astype(np.float32)
    truth = model.network(code, torch.from_numpy(points)[None] / 1.03)[0] * 1.03
    np.testing.assert_allclose(pack.field(mapping.code).evaluate(points), truth.numpy() - 0.01, atol=1e-4)


def test_the_pack_says_what_it_is(runs: Runs) -> None:
    _, folder = runs
    pack = Pack.open(folder / "pack")
    assert (pack.id, pack.category, pack.shape_names) == ("egg-1", "egg", ["egg-0", "egg-1", "egg-2"])
    assert pack.presence(np.zeros((GRID**2 + 2) * CHANNELS, np.float32)) == 1.0
    assert pack.metadata["sources"] == [{"source": "test", "license": "CC0-1.0", "shapes": 3}]
    for name in ("LICENSE", "NOTICE", "MODEL_CARD.md"):
        assert (folder / "pack" / name).stat().st_size > 0


def test_a_dit_run_becomes_a_pack_of_the_same_field(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "shape", dataclasses.replace(TINY_DIT, steps=120))
    model = load_shape_run(tmp_path / "shape")
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, steps=2, bfloat16=True)
    train_mapper(model, store, [features], {}, tmp_path / "mapper", recipe)
    arguments = tmp_path / "shape", tmp_path / "mapper", store
    build_pack(tmp_path / "pack", PackRecipe("egg-d", level=0.01, bandwidth=0.01, int8=True), *arguments)
    pack = Pack.open(tmp_path / "pack")
    assert {"warp.onnx", "template.onnx", "template.safetensors"} < set(pack.metadata["files"])
    assert pack.metadata["base"]["kind"] == "dit"
    code = pack.map(np.zeros((GRID**2 + 2) * CHANNELS, np.float32)).code
    points = np.random.default_rng(1).uniform(-1, 1, (200, 3)).astype(np.float32)
    truth = model.network(torch.from_numpy(code)[None], torch.from_numpy(points)[None] / 1.03)[0] * 1.03
    # Weights were rounded on the way.
    np.testing.assert_allclose(pack.field(code).evaluate(points), truth.numpy() - 0.01, atol=5e-3)
    assert pack.template is not None
    places = pack.template.evaluate(points)
    assert np.isfinite(places).all() and places.std() > 0.01


def test_a_graph_that_differs_from_its_module_is_refused(runs: Runs, tmp_path: Path, monkeypatch) -> None:
    store, folder = runs
    export = Triplane.export
    monkeypatch.setattr(Triplane, "export", lambda self, to, level: export(self, to, level + 0.001))
    with pytest.raises(PackError, match=r"the shape model differs between .* by 0\.001"):
        build_pack(tmp_path, PackRecipe("egg-w"), folder / "shape", folder / "mapper", store)


def test_a_mapper_of_another_shape_model_is_refused(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    details = json.loads((folder / "mapper" / "mapper.json").read_text())
    other = tmp_path / "mapper"
    other.mkdir()
    for path in (folder / "mapper").iterdir():
        if path.is_file():
            (other / path.name).write_bytes(path.read_bytes())
    (other / "mapper.json").write_text(json.dumps(details | {"ids": ["a", "b", "c"]}))
    with pytest.raises(StoreError, match="another shape model's codes"):
        build_pack(tmp_path / "pack", PackRecipe("egg-2"), folder / "shape", other, store)


def test_a_flipped_byte_is_noticed(runs: Runs, tmp_path: Path) -> None:
    _, folder = runs
    copy = tmp_path / "pack"
    copy.mkdir()
    for path in (folder / "pack").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    data = bytearray((copy / "mapper.onnx").read_bytes())
    data[100] ^= 1
    (copy / "mapper.onnx").write_bytes(data)
    with pytest.raises(PackError, match=r"mapper\.onnx differs from its recorded SHA-256") as caught:
        Pack.open(copy)
    assert caught.value.exit_code == 3


def test_int8_matrices_change_codes_little(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    recipe = PackRecipe("egg-8", int8=True)
    build_pack(tmp_path / "pack", recipe, folder / "shape", folder / "mapper", store)
    descriptor = np.random.default_rng(0).normal(size=(GRID**2 + 2) * CHANNELS).astype(np.float32)
    found, exact = (Pack.open(path / "pack").map(descriptor).code for path in (tmp_path, folder))
    assert 0 < np.abs(found - exact).max() < 0.05 * np.abs(exact).max()


def test_a_pack_may_answer_with_another_head(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    recipe = PackRecipe("egg-h", head="bank", sharpness=0.5)
    build_pack(tmp_path, recipe, folder / "shape", folder / "mapper", store)
    descriptor = np.random.default_rng(0).normal(size=(GRID**2 + 2) * CHANNELS).astype(np.float32)
    pack, residual = Pack.open(tmp_path), Pack.open(folder / "pack").map(descriptor)
    answer = pack.map(descriptor)
    np.testing.assert_allclose(answer.code, answer.weights @ pack.bank, atol=1e-3)
    assert np.abs(answer.code - residual.code).max() > 1e-3
    assert answer.spread > residual.spread  # half as sure
    assert pack.metadata["training"]["head"] == "bank"


def test_a_head_that_was_not_trained_is_refused(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    recipe = PackRecipe("egg-h", head="direct")
    with pytest.raises(RecipeError, match=r"--head direct: .* was trained with --shape\.head residual"):
        build_pack(tmp_path / "pack", recipe, folder / "shape", folder / "mapper", store)
    assert not (tmp_path / "pack").exists()


def test_a_damaged_location_is_refused(closer_pack: tuple[Pack, Path], tmp_path: Path) -> None:
    pack, _ = closer_pack
    other = Pack.open(pack.folder)
    other.arrays["location_weight2"] = np.zeros(3, np.float32)
    tokens = Tokens(np.zeros((1, CHANNELS), np.float32), np.zeros((1, 16, 16, CHANNELS), np.float32))
    vit: Any = FakeViT()
    with pytest.raises(PackError, match=r"is damaged: location_weight2 is not \(3, 5\) finite numbers"):
        other.look(vit, np.zeros((224, 224, 3), np.float32), tokens)


def test_a_pack_draws_codes_towards_known_ones(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    plain, recipe = Pack.open(folder / "pack"), PackRecipe("egg-p", bandwidth=0.01)
    build_pack(tmp_path, recipe, folder / "shape", folder / "mapper", store)
    drawn = Pack.open(tmp_path)
    descriptors = np.random.default_rng(0).normal(size=(4, (GRID**2 + 2) * CHANNELS)).astype(np.float32)
    model = load_shape_run(folder / "shape")
    samples = {record.id: store.load(record) for record in store.split("train")}
    factor = metric_factor(metric_over(model, samples, 24)).numpy() / 0.01
    codes, _ = plain.map_batch(descriptors)
    apart = np.linalg.norm((codes[:, None] - drawn.bank) @ factor, axis=-1)
    expected = np.exp(-0.5 * apart**2)
    expected /= expected.sum(1, keepdims=True)
    found, weights = drawn.map_batch(descriptors)
    np.testing.assert_allclose(weights, expected, atol=2e-3)
    np.testing.assert_allclose(found, weights @ drawn.bank, atol=1e-5)


def test_a_bandwidth_of_zero_is_refused(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    recipe = PackRecipe("egg-p", bandwidth=0.0)
    with pytest.raises(RecipeError, match=r"--bandwidth must be at least 0\.0001, not 0"):
        build_pack(tmp_path, recipe, folder / "shape", folder / "mapper", store)


def test_a_pack_takes_over_the_category_check_of_another(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    length = (GRID**2 + 2) * CHANNELS
    own = np.arange(length, dtype=np.float32), np.ones(1, np.float32) * 0.25
    build_pack(tmp_path / "a", PackRecipe("egg-a"), folder / "shape", folder / "mapper", store, own)
    taken = presence_of(tmp_path / "a")
    build_pack(tmp_path / "b", PackRecipe("egg-b"), folder / "shape", folder / "mapper", store, taken)
    descriptor = np.random.default_rng(0).normal(size=length).astype(np.float32)
    expected = Pack.open(tmp_path / "a").presence(descriptor)
    assert Pack.open(tmp_path / "b").presence(descriptor) == expected != 0.25


def test_a_category_check_of_another_length_is_refused(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    short = np.zeros(3, np.float32), np.zeros(1, np.float32)
    with pytest.raises(PackError, match="reads descriptors of length 3, the mapper"):
        build_pack(tmp_path / "a", PackRecipe("egg-a"), folder / "shape", folder / "mapper", store, short)


def test_presence_separates_two_clouds_and_ignores_the_grid() -> None:
    rng = np.random.default_rng(0)
    channels = 5
    centre = rng.normal(size=4 * channels)
    positives = (centre + rng.normal(0, 0.5, (200, 4 * channels))).astype(np.float32)
    negatives = (-centre + rng.normal(0, 0.5, (300, 4 * channels))).astype(np.float32)
    weight, bias = fit_presence([positives], [negatives[:250], negatives[250:]], channels)
    assert (positives @ weight + bias > 0).mean() > 0.99
    assert (negatives @ weight + bias < 0).mean() > 0.99
    assert not weight[2 * channels :].any()


class FakeViT:
    """Remembers what it is shown; hidden tokens are all 0.1 times the mean brightness."""

    def hidden(self, images: np.ndarray) -> np.ndarray:
        self.shown = images
        return np.full((len(images), 257, CHANNELS), 0.1 * images.mean(), np.float32)


@pytest.fixture(scope="module")
def closer_pack(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path]:
    """A pack that looks closer at what is bright in the first channel, and its mapper run."""
    store, folder = runs
    other = tmp_path_factory.mktemp("closer")
    model = load_shape_run(folder / "shape")
    features = write_tokens(other / "features", dict.fromkeys(model.ids, "train"))
    shape = MapperShape(head="direct", body="blocks", layers=1, queries=1, hidden=16)
    recipe = dataclasses.replace(SMALL, shape=shape, steps=2, distance_weight=0.0)
    train_mapper(model, store, [features], {}, other / "mapper", recipe, block_weights())
    head = head_for((0.5, 0.5, 1, 1), CHANNELS)
    presence = np.arange(10 * CHANNELS, dtype=np.float32), np.ones(1, np.float32)
    build_pack(other / "pack", PackRecipe("egg-2"), folder / "shape", other / "mapper", store, presence, head)
    return Pack.open(other / "pack"), other / "mapper"


def test_a_pack_of_blocks_gives_the_codes_of_the_torch_mapper(closer_pack: tuple[Pack, Path]) -> None:
    pack, run = closer_pack
    mapper, _ = load_mapper_run(run)
    round_weights(mapper)
    descriptor = np.random.default_rng(0).normal(size=257 * CHANNELS).astype(np.float32)
    code, _ = mapper(torch.from_numpy(descriptor)[None])
    np.testing.assert_allclose(pack.map(descriptor).code, code[0].numpy(), atol=1e-4)


def test_its_category_check_reads_the_global_tokens_alone(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    tokens = Tokens(np.ones((1, CHANNELS), np.float32), np.ones((1, 16, 16, CHANNELS), np.float32))
    overview = pack.overview(tokens)[0]
    assert len(overview) == 3 * CHANNELS
    assert pack.presence(overview) == np.arange(2 * CHANNELS).sum() + 1


def test_it_looks_closer_at_the_object(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    square = np.zeros((224, 224, 3), np.float32)
    square[112:, 112:] = 1
    patches = np.zeros((1, 16, 16, CHANNELS), np.float32)
    patches[..., -2:] = centres(16)[..., :2]
    patches[:, 8:, 8:, 0] = 1
    vit: Any = FakeViT()
    descriptor = pack.look(vit, square, Tokens(np.zeros((1, CHANNELS), np.float32), patches))
    assert descriptor.shape == (1, 257 * CHANNELS)
    assert vit.shown.mean() > 0.7  # a quarter of the whole is bright
    pack.look(vit, square, Tokens(np.zeros((1, CHANNELS), np.float32), 0 * patches))
    np.testing.assert_array_equal(vit.shown[0], square)


def test_it_looks_as_often_as_asked_and_averages(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    rng = np.random.default_rng(0)
    square = rng.random((224, 224, 3), np.float32)
    patches = np.zeros((1, 16, 16, CHANNELS), np.float32)
    patches[..., -2:] = centres(16)[..., :2]
    patches[:, 8:, 8:, 0] = 1
    hidden = rng.random((1, 257, CHANNELS), np.float32)
    tokens = Tokens(np.zeros((1, CHANNELS), np.float32), patches, hidden)
    vit: Any = FakeViT()
    np.testing.assert_array_equal(pack.look(vit, square, tokens, looks=0), hidden.reshape(1, -1))
    assert not hasattr(vit, "shown")  # what is known of the whole picture is not asked for again
    descriptors = pack.look(vit, square, tokens, looks=4)
    assert descriptors.shape == (4, 257 * CHANNELS)
    each = [pack.map(descriptor) for descriptor in descriptors]
    np.testing.assert_allclose(pack.map(descriptors).code, np.mean([one.code for one in each], 0), atol=1e-5)


def test_with_a_projection_the_mapper_gives_codes_alone(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    build_pack(tmp_path, PackRecipe("egg-9", bandwidth=0.01), folder / "shape", folder / "mapper", store)
    assert Session(tmp_path / "mapper.onnx").outputs == ["code"]
    mapping = Pack.open(tmp_path).map(np.zeros((GRID**2 + 2) * CHANNELS, np.float32))
    assert mapping.weights.sum() == pytest.approx(1)
