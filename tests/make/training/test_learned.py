"""Shape models and mappers go on with nothing but what they were begun with."""

import copy
import dataclasses
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import SMALL, write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402


def test_a_shape_model_goes_on_only_with_its_own_samples(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "shape", dataclasses.replace(TINY, steps=1))
    store.records = [dataclasses.replace(record, sha256="0" * 64) for record in store.records]
    with pytest.raises(StoreError, match="shape holds a run that was begun with other samples; go on"):
        train_shape(store, tmp_path / "shape", dataclasses.replace(TINY, steps=2))
    assert checkpoint.step_of(tmp_path / "shape") == 1


def test_a_run_goes_on_only_from_where_it_began(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    once, twice = dataclasses.replace(TINY, steps=1), dataclasses.replace(TINY, steps=2)
    for name, seed in (("one", 0), ("two", 1)):
        train_shape(store, tmp_path / name, dataclasses.replace(once, seed=seed))
    train_shape(store, tmp_path / "begun", once, start=tmp_path / "one")
    for folder, start in (("begun", "two"), ("begun", None), ("one", "two")):
        with pytest.raises(StoreError, match=f"{folder} holds a run that was begun with other weights to"):
            train_shape(store, tmp_path / folder, twice, start=tmp_path / start if start else None)
        assert checkpoint.step_of(tmp_path / folder) == 1
    train_shape(store, tmp_path / "begun", twice, start=tmp_path / "one")
    assert checkpoint.step_of(tmp_path / "begun") == 2


def test_a_run_goes_on_only_with_what_it_was_begun_with(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "shape", dataclasses.replace(TINY, steps=1))
    model = load_shape_run(tmp_path / "shape")
    splits = dict.fromkeys(model.ids, "train") | {"egg-3": "validation"}
    features = write_features(tmp_path / "features", splits)
    codes, run = {"egg-3": model.codes[0].numpy()}, tmp_path / "run"
    recipe = dataclasses.replace(SMALL, steps=2, distance_weight=0.0)
    train_mapper(model, store, [features], codes, run, recipe)
    longer = dataclasses.replace(recipe, steps=4)
    more = write_features(tmp_path / "more", splits | {"egg-4": "train"})
    moved = copy.deepcopy(model.network)
    next(iter(moved.parameters())).data += 1
    resampled = copy.copy(store)
    resampled.records = [dataclasses.replace(record, sha256="0" * 64) for record in store.records]
    before = {path: path.read_bytes() for path in run.glob("*.json")}
    for others, told in (
        ((model, store, [more], codes), "features"),
        ((model, store, [features], {"egg-3": model.codes[1].numpy()}), "codes"),
        ((model, store, [features], {}), "codes"),
        ((dataclasses.replace(model, network=moved), store, [features], codes), "weights of the shape model"),
        ((model, resampled, [features], codes), "samples"),
    ):
        with pytest.raises(StoreError, match=f"run holds a run that was begun with other {told}; go on"):
            train_mapper(*others, run, longer)
        assert before == {path: path.read_bytes() for path in run.glob("*.json")}
    with pytest.raises(StoreError, match="run holds a run that was begun with other weights to start from"):
        train_mapper(model, store, [features], codes, run, longer, start=run)
    train_mapper(model, store, [features], codes | {"unseen": model.codes[0].numpy()}, run, longer)
    assert checkpoint.step_of(run) == 4
