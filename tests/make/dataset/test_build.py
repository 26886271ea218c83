"""`data build` from end to end, on small boxes."""

import json
import math
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper import pace
from latentmapper.cli import run
from latentmapper.errors import RecipeError, StoreError, UsageError, WorkerError
from latentmapper.executors import ALONE, LocalExecutor
from latentmapper.make.dataset import openness, solid
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.split import split_of
from latentmapper.make.dataset.store import Store
from tests.full_disk import fill_up, unfinished

RECIPE = BuildRecipe(category="car", samples=1500, surface_points=600)
SMALL = ["--samples", "1500", "--surface-points", "600"]


def group_in(split: str, number: int = 0) -> str:
    """The number-th group that falls into a split."""
    return [g for g in (f"g{i}" for i in range(200)) if split_of(g, RECIPE.split) == split][number]


def entry(name: str, group: str, source: str = "lab", license_: str = "CC0-1.0") -> dict:
    return {"id": name, "group": group, "category": "car", "source": source, "license": license_}


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """Boxes in every split; two meshes of one test group; a validation source with a trained group."""
    entries = [
        entry("t1", group_in("train")), entry("t2", group_in("train", 1), license_="GPL-2.0-only"),
        entry("v1", group_in("validation")), entry("e1", group_in("test")), entry("e2", group_in("test")),
        entry("x1", group_in("train"), "rival"), entry("x2", group_in("train", 2), "rival"),
        entry("bad", group_in("train", 3)),
    ]  # fmt: skip
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(entries))
    for number, one in enumerate(entries):
        trimesh.creation.box((0.8, 0.6, 1.5 + 0.1 * number)).export(folder / f"{one['id']}.ply")
    (folder / "bad.ply").write_text("no mesh")
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch):
    """A coarse look at the sky and at openings: enough for boxes, in this process."""
    monkeypatch.setattr(openness, "SAMPLES", 500)
    monkeypatch.setattr(openness, "LONGEST_EDGE", 0.5)
    monkeypatch.setattr(solid, "SPACING", 0.1)


@pytest.mark.usefixtures("quick")
def test_a_store_holds_what_the_recipe_says(shapes: Path, tmp_path: Path):
    recipe = replace(RECIPE, validation_sources=("rival",), deform=1)
    build([str(shapes)], tmp_path / "store", recipe, ALONE)
    store = Store.open(tmp_path / "store")
    store.verify()
    assert {record.id: record.split for record in store.records} == {
        "t1": "train", "t1~1": "train", "t2": "train", "t2~1": "train", "v1": "validation", "e1": "test",
        "x2": "validation",
    }  # fmt: skip
    assert {record.id: record.verdict.split("(")[0].strip() for record in store.set_aside} == {
        "e2": "its test group is represented by e1",
        "x1": "from a validation source, but its group is in train",
        "bad": "bad.ply cannot be read as a mesh",
        "bad~1": "bad.ply cannot be read as a mesh",
    }
    assert store.header["symmetric"] and store.header["recipe"]["deform"] == 1
    copy = next(record for record in store.records if record.id == "t1~1")
    assert (copy.origin, copy.parent, copy.group) == ("deformed", "t1", group_in("train"))


def test_distances_are_those_of_the_box(shapes: Path, tmp_path: Path):
    (shapes / "manifest.json").write_text(json.dumps([entry("t1", "g")]))
    build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    store = Store.open(tmp_path / "store")
    data = store.load(store.records[0])
    half = np.abs(data.vertices).max(axis=0)
    outside = np.abs(data.sample_points) - half
    expected = np.linalg.norm(np.maximum(outside, 0), axis=1) + np.minimum(outside.max(axis=1), 0)
    np.testing.assert_allclose(data.sample_distances, expected, atol=2e-3)
    assert data.sample_points.shape == (1500, 3) and data.surface_points.shape == (600, 3)
    np.testing.assert_allclose((np.abs(data.surface_points) - half).max(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(data.vertices, axis=1).max(), 1, atol=1e-6)


@pytest.mark.usefixtures("quick")
def test_running_again_does_only_what_is_missing(shapes: Path, tmp_path: Path):
    store = tmp_path / "store"
    first = build([str(shapes)], store, RECIPE, ALONE)
    times = {file.name: file.stat().st_mtime_ns for file in (store / "shapes").iterdir()}
    (store / "shapes" / "t2.safetensors").unlink()
    trimesh.creation.box((0.9, 0.6, 1.5)).export(shapes / "v1.ply")
    second = build([str(shapes)], store, RECIPE, ALONE)
    changed = {
        file.name for file in (store / "shapes").iterdir() if file.stat().st_mtime_ns != times[file.name]
    }
    assert changed == {"t2.safetensors", "v1.safetensors"}
    assert [a.id for a, b in zip(first, second, strict=True) if a != b] == ["v1"]


def test_processes_give_the_same_bytes(shapes: Path, tmp_path: Path):
    (shapes / "manifest.json").write_text(json.dumps([entry("t1", "g"), entry("t2", "h")]))
    alone = build([str(shapes)], tmp_path / "alone", RECIPE, ALONE)
    together = build([str(shapes)], tmp_path / "together", RECIPE, LocalExecutor(2))
    assert alone == together


@pytest.mark.usefixtures("quick")
def test_licenses_and_sources_can_be_left_out(shapes: Path, tmp_path: Path):
    recipe = replace(RECIPE, licenses=("CC0-1.0",), exclude_sources=("rival",))
    manifest = build([str(shapes)], tmp_path / "store", recipe, ALONE)
    assert [record.id for record in manifest] == ["t1", "v1", "e1", "e2", "bad"]


def test_a_killed_build_goes_on(shapes: Path, tmp_path: Path):
    (shapes / "manifest.json").write_text(json.dumps([entry("t1", "g"), entry("t2", "h")]))
    command = [
        sys.executable,
        "-c",
        "from latentmapper.cli import main; main()",
        "data",
        "build",
        str(shapes),
    ]
    options = ["-o", str(tmp_path / "store"), *SMALL, "--category", "car", "--workers", "1"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any((tmp_path / "store" / "shapes").glob("*.safetensors")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with pytest.raises(StoreError, match="is not a finished store"):
        Store.open(tmp_path / "store")
    build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    Store.open(tmp_path / "store").verify()


@pytest.mark.usefixtures("quick")
def test_the_command_lists_what_it_set_aside(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pace, "OFTEN", 0.0)
    options = [*SMALL, "--category", "car", "--workers", "1", "--validation-sources", "rival"]
    assert run(["data", "build", str(shapes), "-o", str(tmp_path / "store"), *options]) == 0
    out, err = capsys.readouterr()
    assert "set aside: e2 (test): its test group is represented by e1\n" in out
    assert "5 shapes (2 train, 2 validation, 1 test), 3 set aside\ncategory car, mirror-symmetric" in out
    assert "8/8 shapes, " in err


def test_bad_requests_are_refused(shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    store = str(tmp_path / "store")
    for arguments, message in (
        ([], "name at least one source of shapes"),
        ([str(tmp_path / "nowhere")], "is neither a folder nor one of parametric:cars, parametric:airplanes"),
        ([str(shapes), str(shapes)], "both hold a shape t1"),
        ([str(shapes), "--licenses", "MIT"], "no shape is of the category, sources and licenses asked for"),
        ([str(shapes), "--split", "1", "1", "1"], "--split must be three shares that sum to 1"),
        ([str(shapes), "--samples", "5"], "--samples must be at least 100"),
        ([str(shapes), "--deform", "-1"], "--deform must not be negative"),
    ):
        assert run(["data", "build", *arguments, "-o", store]) == 2
        assert message in capsys.readouterr().err


def test_unusable_shapes_alone_make_no_store(shapes: Path, tmp_path: Path):
    (shapes / "manifest.json").write_text(json.dumps([entry("bad", "g")]))
    with pytest.raises(UsageError, match=r"no shape can be used; bad: bad\.ply cannot be read as a mesh"):
        build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    assert not (tmp_path / "store" / "store.json").exists()


def test_a_missing_extra_is_one_line(
    shapes: Path, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setitem(sys.modules, "igl", None)
    assert run(["data", "build", str(shapes), "--category", "car", "-o", str(tmp_path / "store")]) == 3
    assert (
        'igl is not installed; install it with: pip install "latentmapper[train]"' in capsys.readouterr().err
    )


@pytest.mark.usefixtures("quick")
def test_a_strange_mesh_does_not_end_the_build(shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from latentmapper.make.dataset import shape_data

    real = shape_data.normalise

    def strange(shape):
        if shape.id == "t2":
            raise IndexError("index 5 is out of bounds")
        return real(shape)

    monkeypatch.setattr(shape_data, "normalise", strange)
    manifest = build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    assert {r.id: r.verdict for r in manifest}["t2"] == "failed with IndexError: index 5 is out of bounds"


@pytest.mark.usefixtures("quick")
def test_a_full_disk_is_said_and_the_build_goes_on_when_there_is_room(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        fill_up(patch, room=2)
        with pytest.raises(StoreError) as caught:
            build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    assert str(caught.value) == (
        f"{tmp_path}/store cannot be written (No space left on device); run the same command again to go on"
    )
    kept = sorted((tmp_path / "store").rglob("*.safetensors"))
    assert len(kept) == 2 and not unfinished(tmp_path)
    times = [path.stat().st_mtime_ns for path in kept]
    manifest = build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    assert [path.stat().st_mtime_ns for path in kept] == times
    assert manifest == build([str(shapes)], tmp_path / "whole", RECIPE, ALONE)


@pytest.mark.usefixtures("quick")
def test_what_a_killed_worker_left_half_written_is_removed(shapes: Path, tmp_path: Path):
    (tmp_path / "store" / "shapes").mkdir(parents=True)
    (tmp_path / "store" / "shapes" / ".t1.safetensors.abc.partial").write_text("half")
    build([str(shapes)], tmp_path / "store", RECIPE, ALONE)
    assert not unfinished(tmp_path)


@pytest.mark.usefixtures("quick")
def test_ids_become_safe_file_names(tmp_path: Path):
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in ("größe 1.ply", "gro_e 1.ply"):
        trimesh.creation.box((0.8, 0.6, 1.5)).export(folder / name)
    records = build([str(folder)], tmp_path / "store", RECIPE, ALONE)
    assert len({record.file for record in records}) == 2
    assert all(record.file.isascii() and " " not in record.file for record in records)


def test_a_mesh_that_kills_its_worker_is_named(shapes: Path, tmp_path: Path):
    class Killed(LocalExecutor):
        def map(self, task, items):
            raise WorkerError("a worker process died", list(items)[1])

    with pytest.raises(WorkerError, match=r"^t2: a worker process died$"):
        build([str(shapes)], tmp_path / "store", RECIPE, Killed())


@pytest.mark.usefixtures("quick")
def test_toys_that_have_validated_are_set_aside_once_they_are_trained_on(shapes: Path, tmp_path: Path):
    recipe = replace(RECIPE, width_to_length=(0.3, 0.4))
    build([str(shapes)], tmp_path / "store", replace(recipe, split=(0, 1, 0)), ALONE)
    manifest = build([str(shapes)], tmp_path / "store", replace(recipe, split=(1, 0, 0)), ALONE)
    aside = {record.id: record.verdict for record in manifest if record.verdict != "ok"}
    assert aside["t1"] == "its width is 0.53 of its length, outside 0.3 to 0.4"


@pytest.mark.usefixtures("quick")
def test_toys_give_way_to_copies_of_real_proportions(shapes: Path, tmp_path: Path):
    recipe = replace(RECIPE, deform=2, width_to_length=(0.3, 0.4))
    records = {record.id: record for record in build([str(shapes)], tmp_path / "store", recipe, ALONE)}
    assert records["t1"].verdict == "its width is 0.53 of its length, outside 0.3 to 0.4"
    store = Store.open(tmp_path / "store")
    for copy in ("t1~1", "t1~2"):
        size = np.ptp(store.load(records[copy]).vertices, axis=0)
        assert 0.3 <= size[0] / size[2] <= 0.4
    # What is measured on stays what it is.
    assert {record.id for record in store.records} >= {"v1", "e1"}


def test_recipes_know_their_limits():
    with pytest.raises(RecipeError, match="--width-to-length must be two rising positive numbers"):
        BuildRecipe(width_to_length=(0.5, 0.4))
    with pytest.raises(RecipeError, match="--split must be three shares"):
        BuildRecipe(split=(0.5, 0.5, 0.5))
    with pytest.raises(RecipeError, match="--seed must not be negative"):
        BuildRecipe(seed=-1)
    # Stores hold JSON, which has neither: the last line of a long build would be a traceback.
    with pytest.raises(RecipeError, match="--split must be three shares"):
        BuildRecipe(split=(math.nan, 0.1, 0.1))
    with pytest.raises(RecipeError, match="--height-to-length must be two rising positive numbers"):
        BuildRecipe(height_to_length=(0.3, math.inf))
