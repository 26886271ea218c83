"""A mapper goes on from another run's weights, where they mean the same."""

import dataclasses
import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.dataset.features import Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_run import best_of, load_mapper_run  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import SMALL, write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedShape, JoinedStore]:
    """A shape model of three ellipsoids after a step."""
    folder = tmp_path_factory.mktemp("shape")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "run", dataclasses.replace(TINY, steps=1))
    return load_shape_run(folder / "run"), store


def test_a_run_starts_from_another_ones_best_weights(trained, tmp_path: Path) -> None:
    model, store = trained
    splits = dict.fromkeys(model.ids, "train") | {"egg-3": "validation"}
    features = write_features(tmp_path / "features", splits)
    recipe = dataclasses.replace(SMALL, distance_weight=0.0, steps=200, check_every=5)
    more = {"egg-3": model.codes[0].numpy()}
    train_mapper(model, store, [features], more, tmp_path / "first", recipe)
    assert (tmp_path / "first" / "best").is_dir()
    still = dataclasses.replace(recipe, steps=1, rate=1e-9, weight_decay=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "second", still, start=tmp_path / "first")
    first, second = (load_mapper_run(tmp_path / name)[0].state_dict() for name in ("first", "second"))
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, atol=1e-6, rtol=0)


def test_a_run_starts_from_that_of_a_shape_model_with_fewer_shapes(trained, tmp_path: Path) -> None:
    model, store = trained
    few = dataclasses.replace(model, ids=model.ids[1:], codes=model.codes[1:])
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, distance_weight=0.0, steps=20)
    train_mapper(few, store, [features], {}, tmp_path / "first", recipe)
    still = dataclasses.replace(recipe, steps=1, rate=1e-9, weight_decay=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "second", still, start=tmp_path / "first")
    first, second = (load_mapper_run(tmp_path / name)[0] for name in ("first", "second"))
    torch.testing.assert_close(second.logits.weight[1:], first.logits.weight, atol=1e-6, rtol=0)
    torch.testing.assert_close(second.bank, model.codes)
    for mine, theirs in zip(second.body.parameters(), first.body.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-6, rtol=0)


def test_what_a_run_starts_from_is_hashed_once(
    trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, store = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, distance_weight=0.0, steps=1)
    train_mapper(model, store, [features], {}, tmp_path / "first", recipe)
    weights = best_of(tmp_path / "first") / checkpoint.NAME
    real, hashed = files.sha256_of_file, []
    monkeypatch.setattr(files, "sha256_of_file", lambda path: hashed.append(path) or real(path))
    train_mapper(model, store, [features], {}, tmp_path / "second", recipe, start=tmp_path / "first")
    assert hashed == [weights]
    told = [
        json.loads((tmp_path / name / "mapper.json").read_text())["start"] for name in ("first", "second")
    ]
    assert told == [None, real(weights)]


def test_a_run_cannot_start_from_nothing(trained, tmp_path: Path) -> None:
    model, store = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    with pytest.raises(StoreError, match=r"no trained mapper in .*nowhere to start from"):
        train_mapper(model, store, [features], {}, tmp_path / "run", SMALL, start=tmp_path / "nowhere")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("ids", ["a", "b", "c"], "another shape model's codes"), ("vit_sha256", "1" * 64, "reads another ViT")],
)
def test_a_run_cannot_start_from_one_that_means_something_else(
    trained, tmp_path: Path, name: str, value: object, message: str
) -> None:
    model, store = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, steps=1, distance_weight=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "first", recipe)
    details = json.loads((tmp_path / "first" / "mapper.json").read_text())
    (tmp_path / "first" / "mapper.json").write_text(json.dumps(details | {name: value}))
    with pytest.raises(StoreError, match=message):
        train_mapper(model, store, [features], {}, tmp_path / "run", recipe, start=tmp_path / "first")


def test_a_whitening_is_taken_over_with_the_weights(trained, tmp_path: Path) -> None:
    model, store = trained
    features = write_features(tmp_path / "features", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(SMALL, steps=1, rate=1e-9, weight_decay=0.0, distance_weight=0.0)
    train_mapper(model, store, [features], {}, tmp_path / "first", recipe)
    some = Features(tmp_path / "features")
    some.records = some.records[:2]
    train_mapper(model, store, [some], {}, tmp_path / "second", recipe, start=tmp_path / "first")
    first, second = (load_mapper_run(tmp_path / name)[0] for name in ("first", "second"))
    torch.testing.assert_close(second.whitening.projection, first.whitening.projection)
