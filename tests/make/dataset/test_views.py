"""Folders of views: what is written comes back, and a killed run goes on where it stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from latentmapper.cli import run
from latentmapper.errors import MeshError, StoreError, UsageError
from latentmapper.executors import ALONE, LocalExecutor
from latentmapper.make.dataset.render_shapes import RenderItem, for_category, render_shapes
from latentmapper.make.dataset.store import write_shape, write_store
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import MANIFEST, Views, read_manifest
from tests.full_disk import fill_up, unfinished
from tests.make.dataset.vehicles import toy_airplane, toy_car
from tests.make.tiny_store import ellipsoid, write_tiny_store

RECIPE = ViewRecipe("car", views=3)


def items(count: int = 3) -> list[RenderItem]:
    return [RenderItem(f"car-{i}", *toy_car(), "train", f"group-{i}", "toys") for i in range(count)]


def test_written_views_come_back(tmp_path):
    records = render_shapes(items(2), tmp_path, RECIPE, ALONE)
    views = Views.open(tmp_path)
    assert {record.shape for record in views.records} == {"car-0", "car-1"}
    assert sorted(records, key=lambda record: record.file) == views.records
    record = views.records[0]
    assert (record.split, record.source, record.mesh, record.views) == ("train", "toys", "original", 3)
    loaded = views.load(record)
    assert len(loaded) == 3
    for view in loaded:
        assert view.image.shape == (224, 224, 3) and view.mask.any()
        assert 0 <= view.camera.azimuth < 360 and -10 <= view.camera.elevation <= 50
        inside = view.camera.project(np.zeros((1, 3)), (224, 224))[0][0]
        assert (np.abs(inside - 112) < 224).all()


def test_one_picture_is_read_without_the_rest_of_its_file(tmp_path):
    render_shapes(items(1), tmp_path, RECIPE, ALONE)
    views = Views.open(tmp_path)
    (record,) = views.records
    for i, view in enumerate(views.load(record)):
        assert (views.picture(record, i) == view.image).all()
    (tmp_path / record.file).write_bytes(b"")
    with pytest.raises(StoreError, match="is missing or damaged"):
        views.picture(record, 0)


def test_pictures_do_not_depend_on_the_number_of_workers(tmp_path):
    recipe = replace(RECIPE, views=1, plain=1.0)
    alone = render_shapes(items(2), tmp_path / "one", recipe, ALONE)
    shared = render_shapes(items(2), tmp_path / "two", recipe, LocalExecutor(2))
    assert {r.shape: r.sha256 for r in alone} == {r.shape: r.sha256 for r in shared}


def test_only_what_is_missing_is_rendered(tmp_path):
    first = render_shapes(items(3), tmp_path, RECIPE, ALONE)
    with (tmp_path / MANIFEST).open("a") as manifest:
        manifest.write('{"shape": "half-writ')  # as a killed run leaves it
    (tmp_path / first[1].file).unlink()
    rendered: list[str] = []

    def watch(things):
        for item, record in things:
            rendered.append(item.shape)
            yield item, record

    whole = render_shapes(items(4), tmp_path, RECIPE, ALONE, watch)
    assert rendered == ["car-1", "car-3"]
    assert sorted(record.shape for record in whole) == [f"car-{i}" for i in range(4)]
    assert len(Views.open(tmp_path).records) == 4


def test_an_unusable_mesh_is_named(tmp_path):
    empty = RenderItem("hole", np.zeros((3, 3)), np.zeros((0, 3), int))
    with pytest.raises(MeshError, match="hole: the mesh has no faces, so there is nothing to render"):
        render_shapes([empty], tmp_path, RECIPE, ALONE)


def test_backgrounds_without_photos_are_refused_at_once(tmp_path):
    with pytest.raises(UsageError, match=r"--backgrounds .*: no \.jpg, \.png or \.webp there"):
        render_shapes(items(1), tmp_path / "views", replace(RECIPE, backgrounds=tmp_path), ALONE)
    assert not (tmp_path / "views").exists()


def test_decoded_and_original_meshes_of_one_shape_live_side_by_side(tmp_path):
    original = items(1)[0]
    decoded = replace(original, mesh="decoded", code="car-0", materials=None)
    records = render_shapes([original, decoded], tmp_path, RECIPE, ALONE)
    assert {(record.mesh, record.code) for record in records} == {("original", None), ("decoded", "car-0")}


def test_another_recipe_needs_another_folder(tmp_path):
    render_shapes(items(1), tmp_path, RECIPE, ALONE)
    with pytest.raises(StoreError) as caught:
        render_shapes(items(1), tmp_path, replace(RECIPE, views=4), ALONE)
    expected = (
        f"{tmp_path} holds views of another recipe (views 3, now 4); choose another folder or the same recipe"
    )
    assert str(caught.value) == expected


def test_missing_other_and_damaged_folders_are_refused(tmp_path):
    with pytest.raises(StoreError, match="holds no views; make them with: latentmapper data render"):
        Views.open(tmp_path)
    record = render_shapes(items(1), tmp_path, RECIPE, ALONE)[0]
    (tmp_path / record.file).write_bytes(b"short")
    with pytest.raises(StoreError, match="is missing or damaged"):
        Views.open(tmp_path).load(record)
    header, manifest = tmp_path / "views.json", tmp_path / MANIFEST
    line = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(line | {"file": None}) + "\n")
    with pytest.raises(StoreError, match=r'manifest\.jsonl cannot be read \("file" is None\)'):
        Views.open(tmp_path)
    header.write_text(json.dumps({"format": 1, "recipe": 5}))
    with pytest.raises(StoreError, match=r"views\.json cannot be read \(its recipe is missing or damaged\)"):
        Views.open(tmp_path)
    header.write_text(json.dumps(json.loads(header.read_text()) | {"format": 99}))
    with pytest.raises(StoreError, match="views of format 99, this version reads format 1"):
        Views.open(tmp_path)


def test_the_command_renders_a_store_and_goes_on(tmp_path, capsys):
    write_tiny_store(tmp_path / "store", shapes=2, samples=100)
    command = ["data", "render", str(tmp_path / "store"), "-o", str(tmp_path / "views"), "--views", "2"]
    assert run([*command, "--workers", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'views'}: 4 views of 2 shapes\n"
    assert run([*command, "--workers", "1"]) == 0
    assert capsys.readouterr().err == "2 of 2 shapes were done by an earlier run\n"
    assert {record.split for record in Views.open(tmp_path / "views").records} == {"train", "validation"}
    assert run([*command, "--seed", "7"]) == 1
    assert "holds views of another recipe (seed 0, now 7)" in capsys.readouterr().err


def test_what_the_store_has_changed_since_is_rendered_again(tmp_path, capsys):
    store = write_tiny_store(tmp_path / "store", shapes=3, samples=100)
    command = ["data", "render", str(store.path), "-o", str(tmp_path / "views"), "--views", "1"]
    assert run([*command, "--workers", "1"]) == 0
    before = {record.shape: record for record in Views.open(tmp_path / "views").records}
    first, second, third = store.records
    digest = write_shape(store.path / first.file, ellipsoid(0.9, 100), {})
    changed = [replace(first, sha256=digest), replace(second, split="test"), third]
    write_store(store.path, store.header, changed)
    capsys.readouterr()
    assert run([*command, "--workers", "1"]) == 0
    assert capsys.readouterr().err == "1 of 3 shapes were done by an earlier run\n"
    after = {record.shape: record for record in Views.open(tmp_path / "views").records}
    assert {name: record.split for name, record in after.items()} == {r.id: r.split for r in changed}
    assert [name for name in after if after[name].sha256 != before[name].sha256] == [first.id]


def test_what_the_store_has_set_aside_or_moved_since_is_no_longer_shown(tmp_path, capsys, caplog):
    """Trainings that read views do not ask the store: they would learn from kinds that are held out since."""
    store = write_tiny_store(tmp_path / "store", shapes=4, samples=100)
    command = ["data", "render", str(store.path), "-o", str(tmp_path / "views"), "--views", "1"]
    assert run([*command, "--workers", "1"]) == 0
    recipe = for_category(ViewRecipe(views=1), store)
    render_shapes([RenderItem("of another store", *toy_car())], tmp_path / "views", recipe, ALONE)
    before = {record.shape: record for record in Views.open(tmp_path / "views").records}
    first, second, third, held_out = store.records
    changed = [replace(first, verdict="a near-copy"), replace(second, split="held-out"), third, held_out]
    write_store(store.path, store.header, changed)
    capsys.readouterr()
    assert run([*command, "--workers", "1", "--splits", "train"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'views'}: 3 views of 3 shapes\n"
    assert "views of 2 shapes are deleted: the store has set these aside or moved them" in caplog.text
    assert {record.shape for record in Views.open(tmp_path / "views").records} == {
        third.id, held_out.id, "of another store",
    }  # fmt: skip
    assert not any((tmp_path / "views" / before[gone.id].file).exists() for gone in (first, second))


def test_views_from_before_hashes_were_kept_are_not_rendered_again(tmp_path, capsys):
    store = write_tiny_store(tmp_path / "store", shapes=2, samples=100)
    command = ["data", "render", str(store.path), "-o", str(tmp_path / "views"), "--views", "1"]
    assert run([*command, "--workers", "1"]) == 0
    manifest = tmp_path / "views" / MANIFEST
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert all(line.pop("data") for line in lines)
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    capsys.readouterr()
    assert run([*command, "--workers", "1"]) == 0
    assert capsys.readouterr().err == "2 of 2 shapes were done by an earlier run\n"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_full_disk_ends_the_run_which_goes_on_when_there_is_room(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fill_up(patch, room=3)  # the header, that it is unfinished, and one mesh's views
        with pytest.raises(OSError, match=r"No space left on device: .*safetensors"):
            render_shapes(items(), tmp_path / "views", RECIPE, ALONE)
    assert not unfinished(tmp_path)
    assert len(read_manifest(tmp_path / "views")) == 1
    with pytest.raises(StoreError, match="holds views that are not finished; go on with: latentmapper data"):
        Views.open(tmp_path / "views")
    records = render_shapes(items(), tmp_path / "views", RECIPE, ALONE)
    assert len(Views.open(tmp_path / "views").records) == len(records)
    whole = render_shapes(items(), tmp_path / "whole", RECIPE, ALONE)
    assert {r.shape: r.sha256 for r in records} == {r.shape: r.sha256 for r in whole}


def test_a_killed_run_is_completed(tmp_path):
    write_tiny_store(tmp_path / "store", shapes=3, samples=100)
    command = ["data", "render", str(tmp_path / "store"), "-o", str(tmp_path / "views"), "--views", "3"]
    code = f"from latentmapper.cli import run; run({[*command, '--workers', '1']!r})"
    process = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"OMP_NUM_THREADS": "1"})
    manifest = tmp_path / "views" / MANIFEST
    while process.poll() is None and not (manifest.is_file() and manifest.stat().st_size):
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert run([*command, "--workers", "1"]) == 0
    views = Views.open(tmp_path / "views")
    assert sorted(record.shape for record in views.records) == [f"egg-{i}" for i in range(3)]
    assert all(len(views.load(record)) == 3 for record in views.records)
    assert not list((tmp_path / "views").rglob("*.partial"))


def test_airplane_recipe_follows_the_category(tmp_path):
    render_shapes([RenderItem("a", *toy_airplane())], tmp_path, ViewRecipe("airplane", views=2), ALONE)
    assert Views.open(tmp_path).header["recipe"]["category"] == "airplane"
