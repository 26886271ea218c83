"""A trained model and mapper become a pack that the use half opens, agrees with, and refuses when damaged."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import PackError, RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.models.triplane import Triplane  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.metric import metric_factor, metric_over  # noqa: E402
from latentmapper.make.training.presence import fit_presence, presence_of, refit_presence  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.runtime import Session  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_dit import TINY as TINY_DIT  # noqa: E402
from tests.make.training.test_mapper import (  # noqa: E402
    CHANNELS,
    GRID,
    SMALL,
    write_features,
)
from tests.make.training.test_shape import TINY  # noqa: E402

Runs = tuple[JoinedStore, Path]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return make_runs(tmp_path_factory.mktemp("runs"))


def make_runs(folder: Path) -> Runs:
    """A store, and a folder with a shape run, a mapper run and the pack made of them."""
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


def test_stores_that_lack_a_shape_of_the_model_are_named(
    runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, folder = runs
    write_tiny_store(tmp_path / "store", shapes=3)
    chosen = ["--stores", str(tmp_path / "store"), "-o", str(tmp_path / "made")]
    told = "--stores: 1 of the 3 shapes that the model was trained on are in none of them, such as egg-2\n"
    build = ["packs", "build", str(folder / "shape"), str(folder / "mapper"), "--id", "egg-3"]
    write_tiny_store(tmp_path / "fewer", shapes=2)
    train = ["train", "mapper", str(folder / "shape"), "--features", str(folder / "features")]
    assert run([*build, *chosen]) == 0, "a shape that is held out there is known all the same"
    chosen[1] = str(tmp_path / "fewer")
    for command in (build, [*train, "--recipe", "pooled"]):
        assert run([*command, *chosen[:3], str(tmp_path / "none")]) == 1
        assert capsys.readouterr().err.endswith(told)
    assert not (tmp_path / "none").exists()


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


def test_refitted_presence_follows_a_shift_and_keeps_what_it_is_not_shown() -> None:
    """Pictures look otherwise along the first axis; along the second nothing is shown or changes."""
    rng = np.random.default_rng(0)
    weight, bias = np.array([4, 3, 0], np.float32), 0.0
    clouds = [rng.normal([centre, 0, 0], [0.3, 0, 1], (200, 3)).astype(np.float32) for centre in (3, 1)]
    assert (clouds[1] @ weight + bias > 0).mean() > 0.99
    changed, moved = refit_presence(weight, bias, clouds[:1], clouds[1:])
    assert (clouds[0] @ changed + moved > 0).mean() > 0.97
    assert (clouds[1] @ changed + moved < 0).mean() > 0.97
    np.testing.assert_allclose(changed[1:], weight[1:], atol=1e-4)


def test_refitted_presence_stays_where_nothing_asks_for_a_change() -> None:
    rng = np.random.default_rng(0)
    weight = np.array([8, 1], np.float32)
    clouds = [rng.normal([centre, 0], 0.2, (200, 2)).astype(np.float32) for centre in (3, -3)]
    changed, moved = refit_presence(weight, 0.5, clouds[:1], clouds[1:])
    np.testing.assert_allclose(changed, weight, atol=1e-3)
    np.testing.assert_allclose(moved, 0.5, atol=1e-3)


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


def test_with_a_projection_the_mapper_gives_codes_alone(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    build_pack(tmp_path, PackRecipe("egg-9", bandwidth=0.01), folder / "shape", folder / "mapper", store)
    assert Session(tmp_path / "mapper.onnx").outputs == ["code"]
    mapping = Pack.open(tmp_path).map(np.zeros((GRID**2 + 2) * CHANNELS, np.float32))
    assert mapping.weights.sum() == pytest.approx(1)


def test_a_run_of_a_shape_model_is_no_mapper(tmp_path: Path) -> None:
    (tmp_path / checkpoint.NAME).touch()
    with pytest.raises(StoreError, match=r"no trained mapper in .*; make one with: latentmapper train"):
        load_mapper_run(tmp_path)
