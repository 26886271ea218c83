"""Decoded codes become pictures: of the right shape, once, and with targets that a mapper trains on."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import MeshError, StoreError  # noqa: E402
from latentmapper.executors import ALONE, LocalExecutor  # noqa: E402
from latentmapper.make import decoding  # noqa: E402
from latentmapper.make.dataset import decoded_views  # noqa: E402
from latentmapper.make.dataset.coded import DecodeRecipe  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.dataset.store import Store  # noqa: E402
from latentmapper.make.dataset.view_recipe import ViewRecipe  # noqa: E402
from latentmapper.make.dataset.views import View, Views  # noqa: E402
from latentmapper.make.decoding import CODES, Decoding, fingerprint  # noqa: E402
from latentmapper.make.exporting import to_send  # noqa: E402
from latentmapper.make.training.codes import load_codes  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.render.raycast import Scene  # noqa: E402
from latentmapper.render.sampling import sample  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import SMALL, write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

VIEWS = ViewRecipe(views=2, plain=1.0, occluded=0.0, cut=0.0, letterbox=0.0)
COARSE = DecodeRecipe(resolution=32)
BETWEEN = dataclasses.replace(COARSE, between=3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    """A store of three training ellipsoids and a model that knows them."""
    folder = tmp_path_factory.mktemp("shape")
    store = write_tiny_store(folder / "store")
    train_shape(JoinedStore([store]), folder / "run", dataclasses.replace(TINY, steps=150))
    return store, folder / "run"


def overlap(scene: Scene, view: View) -> float:
    """Intersection over union of a mesh's outline and what a picture shows, under the picture's camera."""
    truth = sample(scene, view.camera, (224, 224)).coverage() > 0.5
    return float((truth & view.mask).sum() / (truth | view.mask).sum())


def test_decoded_pictures_show_the_training_shapes(trained, tmp_path: Path) -> None:
    store, run = trained
    Decoding.of(store, run, VIEWS, COARSE).render(tmp_path, ALONE)
    views = Views.open(tmp_path)
    assert sorted(record.shape for record in views.records) == ["egg-0", "egg-1", "egg-2"]
    scenes = {r.id: Scene(shape.vertices, shape.faces) for r in store.records for shape in [store.load(r)]}
    for record in views.records:
        assert (record.mesh, record.code, record.split) == ("decoded", record.shape, "train")
        assert (record.group, record.source) == (record.shape, "test")
        shown = views.load(record)
        overlaps = {name: np.mean([overlap(scene, view) for view in shown]) for name, scene in scenes.items()}
        assert overlaps[record.shape] == max(overlaps.values()) > 0.85
    assert not (tmp_path / CODES).exists()


def test_codes_between_stand_beside_their_pictures(trained, tmp_path: Path) -> None:
    store, run = trained
    records = Decoding.of(store, run, VIEWS, BETWEEN).render(tmp_path, ALONE)
    codes, model = load_codes(tmp_path / CODES), load_shape_run(run)
    assert {record.shape for record in records} == set(codes)
    assert {(record.mesh, record.split) for record in records} == {("between", "train")}
    for name, code in codes.items():
        first, second = (model.codes[model.ids.index(part)].numpy() for part in name.split("~")[:2])
        whole, parts = np.linalg.norm(second - first), np.linalg.norm([code - first, second - code], axis=1)
        assert parts.sum() == pytest.approx(whole, rel=1e-4)
        assert (parts > 0.19 * whole).all()


def test_more_are_added_to_what_is_there(trained, tmp_path: Path, monkeypatch) -> None:
    store, run = trained
    for recipe in (BETWEEN, dataclasses.replace(BETWEEN, between=4), COARSE, BETWEEN):
        records = Decoding.of(store, run, VIEWS, recipe).render(tmp_path, ALONE)
    assert sorted(record.mesh for record in records) == ["between"] * 4 + ["decoded"] * 3
    assert len(load_codes(tmp_path / CODES)) == 4
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    monkeypatch.setattr(decoding, "to_send", pytest.fail)
    Decoding.of(store, run, VIEWS, BETWEEN).render(tmp_path, ALONE)
    unchanged = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    del before[tmp_path / "manifest.jsonl"], unchanged[tmp_path / "manifest.jsonl"]  # opened to append
    assert unchanged == before


def test_a_stopped_run_goes_on_to_the_same_pictures(trained, tmp_path: Path) -> None:
    store, run = trained
    job = Decoding.of(store, run, VIEWS, BETWEEN)

    def stop(things, *_: object, **__: object):
        yield next(things)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.render(tmp_path / "parts", ALONE, watch=stop)
    assert len(load_codes(tmp_path / "parts" / CODES)) == 3
    counts: list[tuple[int, int]] = []

    def count(things, total: int, what: str, already: int = 0):
        counts.append((total, already))
        return things

    parts, whole = (job.render(tmp_path / name, ALONE, count) for name in ("parts", "whole"))
    assert counts == [(3, 1), (3, 0)]
    assert {r.shape: r.sha256 for r in parts} == {r.shape: r.sha256 for r in whole}


def test_workers_decode_to_the_same_pictures(trained, tmp_path: Path, monkeypatch) -> None:
    store, run = trained
    job = Decoding.of(store, run, VIEWS, COARSE)
    alone = job.render(tmp_path / "alone", ALONE)
    monkeypatch.setattr(decoded_views, "extract", pytest.fail)  # in this process, that is
    shared = job.render(tmp_path / "shared", LocalExecutor(2))
    assert len(alone) == 3 and {r.shape: r.sha256 for r in alone} == {r.shape: r.sha256 for r in shared}


def test_workers_need_no_torch() -> None:
    program = "import sys, latentmapper.make.dataset.decoded_views; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_a_model_is_loaded_once(trained) -> None:
    _, run = trained
    model = load_shape_run(run)
    first, second = (decoded_views.opened(to_send(model)) for _ in range(2))
    assert first is second is not decoded_views.opened(to_send(model, level=0.01))


def test_a_code_without_a_surface_is_left_out(trained, tmp_path: Path, monkeypatch, caplog) -> None:
    store, run = trained
    extract, calls = decoded_views.extract, iter(range(3))

    def sometimes(*arguments):
        if next(calls) == 1:
            raise MeshError("no surface")
        return extract(*arguments)

    monkeypatch.setattr(decoded_views, "extract", sometimes)
    records = Decoding.of(store, run, VIEWS, COARSE).render(tmp_path, ALONE)
    assert [record.shape for record in records] == ["egg-0", "egg-2"]
    assert "egg-1 is left out: no surface" in caplog.text


def test_a_damaged_header_is_named(trained, tmp_path: Path) -> None:
    store, run = trained
    (tmp_path / "decode.json").write_text("{")
    with pytest.raises(StoreError, match=r"decode.json cannot be read \("):
        Decoding.of(store, run, VIEWS, COARSE).render(tmp_path, ALONE)


def test_another_model_or_resolution_needs_another_folder(trained, tmp_path: Path) -> None:
    store, run = trained
    Decoding.of(store, run, VIEWS, dataclasses.replace(BETWEEN, between=1)).render(tmp_path, ALONE)
    finer = Decoding.of(store, run, VIEWS, dataclasses.replace(BETWEEN, resolution=48))
    with pytest.raises(
        StoreError, match=r"decoded otherwise \(resolution 32, now 48\); choose another folder"
    ):
        finer.render(tmp_path)
    other = Decoding.of(store, run, VIEWS, BETWEEN)
    other.model.codes[0, 0] += 1
    with pytest.raises(StoreError, match=rf"\(model \w+, now {fingerprint(other.model)}\)"):
        other.render(tmp_path)


def test_a_mapper_trains_on_codes_between(trained, tmp_path: Path) -> None:
    store, run = trained
    Decoding.of(store, run, VIEWS, BETWEEN).render(tmp_path / "views", ALONE)
    codes, model = load_codes(tmp_path / "views" / CODES), load_shape_run(run)
    features = write_features(tmp_path / "features", dict.fromkeys(codes, "train"), pictures=5)
    recipe = dataclasses.replace(SMALL, steps=2)
    train_mapper(model, JoinedStore([store]), [features], codes, tmp_path / "mapper", recipe)
    assert json.loads((tmp_path / "mapper" / "mapper.json").read_text())["pictures"] == 15
    with pytest.raises(StoreError, match="no picture shows a shape whose code is known"):
        train_mapper(model, JoinedStore([store]), [features], {}, tmp_path / "without", recipe)
