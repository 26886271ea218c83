"""Stores, views, features and codes in an object storage: what a folder holds, byte for byte."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper import cache
from latentmapper.cli import run
from latentmapper.errors import MissingError, StoreError
from latentmapper.executors import ALONE
from latentmapper.make.dataset import openness, shape_data, solid
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.describing import describe_views
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.store import Store
from latentmapper.make.dataset.views import Views
from latentmapper.places import Remote, place
from latentmapper.shapes.provenance import read_provenance
from tests.make.evaluation.fakes import write_balls
from tests.make.fake_vit import MeanColours
from tests.make.object_storage import empty_bucket, storage_server
from tests.make.tiny_store import write_tiny_store
from tests.photo.pictures import encoded, quarters
from tests.tiny_pack import write_tiny_pack

RECIPE = BuildRecipe(category="car", samples=1500, surface_points=600)
TINY = (
    "--steps 2 --points-per-shape 64 --shapes-per-step 2 --known 1 --shape.code-size 4"
    " --shape.seed-channels 8 --shape.widths 8 --shape.channels 8 --shape.hidden 16"
)
KILLED = """
import os, signal, sys
from latentmapper.executors import ALONE
from latentmapper.make.dataset import openness, solid
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.places import place

openness.SAMPLES, openness.LONGEST_EDGE, solid.SPACING = 500, 0.5, 0.1
recipe = BuildRecipe(category="car", samples=1500, surface_points=600)

def kill(things, *_):
    yield next(things)
    yield next(things)
    os.kill(os.getpid(), signal.SIGKILL)

build([sys.argv[1]], place(sys.argv[2]), recipe, ALONE, kill)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with storage_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """An empty bucket, of whose objects the cache holds no copies; the ViT is that of the run."""
    kept = cache.cache_folder() / "vit"
    kept.mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "vit").symlink_to(kept)
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    with empty_bucket(monkeypatch, server) as url:
        yield url


def put(folder: Path, url: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            Remote(f"{url}/{path.relative_to(folder).as_posix()}").write_bytes(path.read_bytes())


def test_a_killed_build_goes_on_in_the_bucket(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shapes").mkdir()
    for i in range(4):
        trimesh.creation.box((0.8, 0.6, 1.5 + 0.1 * i)).export(tmp_path / "shapes" / f"{i}.ply")
    program = [sys.executable, "-c", KILLED, str(tmp_path / "shapes"), f"{bucket}/store"]
    assert subprocess.run(program).returncode == -signal.SIGKILL
    with pytest.raises(StoreError, match="s3://shapes/store is not a finished store"):
        Store.open(f"{bucket}/store")

    monkeypatch.setattr(openness, "SAMPLES", 500)
    monkeypatch.setattr(openness, "LONGEST_EDGE", 0.5)
    monkeypatch.setattr(solid, "SPACING", 0.1)
    computed, compute = [], shape_data.compute
    monkeypatch.setattr(
        shape_data, "compute", lambda shape, *rest: (computed.append(shape.id), compute(shape, *rest))[1]
    )
    remote = build([str(tmp_path / "shapes")], place(f"{bucket}/store"), RECIPE, ALONE)
    assert len(computed) == 2
    assert build([str(tmp_path / "shapes")], tmp_path / "store", RECIPE, ALONE) == remote
    store = Store.open(f"{bucket}/store")
    store.verify()
    for record in store.records:
        truth = Store.open(tmp_path / "store").load(record)
        np.testing.assert_array_equal(store.load(record).sample_points, truth.sample_points)


def make(store: str, folder: Path, there: str) -> None:
    """Every step from a store to features; runs go into a folder, all else to where `there` says."""
    assert run(["train", "shape", store, "-o", f"{folder}/run", *TINY.split()]) == 0
    fit = ["fit", f"{folder}/run", store, "-o", f"{there}/codes", "--steps", "2", "--points", "64"]
    assert run(fit) == 0
    render = ["data", "render", store, "-o", f"{there}/views", "--views", "1", "--workers", "1"]
    assert run(render) == run(render) == 0
    describe_views(Views.open(f"{there}/views"), place(f"{there}/features"), MeanColours(), FeatureRecipe())


def test_every_step_reads_and_writes_urls(
    bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    from latentmapper.make.training.codes import load_codes
    from latentmapper.make.training.shape_run import load_shape_run

    write_tiny_store(tmp_path / "store", samples=200)
    put(tmp_path / "store", f"{bucket}/store")
    here, there = tmp_path / "here", tmp_path / "there"
    make(str(tmp_path / "store"), here, str(here))
    make(f"{bucket}/store", there, bucket)
    assert f"{bucket}/views: 4 views of 4 shapes" in capsys.readouterr().out
    assert load_shape_run(here / "run").codes.equal(load_shape_run(there / "run").codes)
    fitted, remote = load_codes(here / "codes"), load_codes(place(f"{bucket}/codes"))
    assert list(fitted) == list(remote) == ["egg-3"]
    np.testing.assert_array_equal(fitted["egg-3"], remote["egg-3"])
    assert Views.open(f"{bucket}/views").records == Views.open(here / "views").records
    described, features = Features(place(f"{bucket}/features")), Features(here / "features")
    assert described.records == features.records
    for record in features.records:
        np.testing.assert_array_equal(described.load(record), features.load(record))


def test_an_evaluation_reads_urls(bucket: str, tmp_path: Path) -> None:
    write_balls(tmp_path / "store", {"a": "test", "b": "train"})
    put(tmp_path / "store", f"{bucket}/store")
    write_tiny_pack(tmp_path / "pack")
    rows = []
    for store in (str(tmp_path / "store"), f"{bucket}/store"):
        command = ["evaluate", str(tmp_path / "pack"), store, "-o", str(tmp_path / "out")]
        assert run([*command, "--views-per-shape", "1", "--resolution", "32", "--oracle"]) == 0
        rows.append(json.loads((tmp_path / "out" / "results.json").read_text())["rows"])
        (tmp_path / "out" / "results.json").unlink()
    assert rows[0] == rows[1]


def test_meshes_are_written_to_urls(bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_pack(tmp_path / "pack", presence=4.0)
    photo, url = tmp_path / "taxi.jpg", f"{bucket}/cars/taxi.glb"
    photo.write_bytes(encoded(quarters(300, 200), "JPEG"))
    command = ["reconstruct", str(photo), "--pack", str(tmp_path / "pack"), "--resolution", "64"]
    assert run([*command, "-o", f"{bucket}/cars/"]) == 0
    assert capsys.readouterr().out.startswith(f"{photo} -> {url}  car 98 %")
    assert run([*command, "-o", url]) == 0
    assert capsys.readouterr().out == f"{photo} -> {url}  (finished earlier)\n"
    (tmp_path / "taxi.glb").write_bytes(place(url).read_bytes())
    assert read_provenance(tmp_path / "taxi.glb") is not None


def test_objects_are_copied_once(bucket: str, tmp_path: Path) -> None:
    record = write_tiny_store(tmp_path / "store", samples=50).records[0]
    put(tmp_path / "store", f"{bucket}/store")
    store = Store.open(f"{bucket}/store")
    first = store.load(record).sample_points
    assert [entry.name for entry in cache.entries()] == [f"remote/{record.sha256[:2]}/{record.sha256}"]
    (place(f"{bucket}/store") / record.file).unlink()
    np.testing.assert_array_equal(store.load(record).sample_points, first)


def test_a_damaged_object_is_refused_and_not_kept(bucket: str, tmp_path: Path) -> None:
    record = write_tiny_store(tmp_path / "store", samples=50).records[0]
    put(tmp_path / "store", f"{bucket}/damaged")
    (place(f"{bucket}/damaged") / record.file).write_bytes(b"other")
    with pytest.raises(StoreError, match=r"s3://shapes/damaged/shapes/0\.safetensors is damaged: its hash"):
        Store.open(f"{bucket}/damaged").load(record)
    assert cache.entries() == []


def test_what_is_not_there_is_told_as_of_folders(bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "render", f"{bucket}/none", "-o", f"{bucket}/views"]) == 1
    assert "s3://shapes/none is not a finished store; make it with: latentmapper data build" in (
        capsys.readouterr().err
    )
    with pytest.raises(StoreError, match="no finished features in s3://shapes/none"):
        Features(place(f"{bucket}/none"))
    with pytest.raises(StoreError, match="s3://shapes/none holds no views"):
        Views.open(f"{bucket}/none")


def test_photos_stay_on_this_machine(bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "features", f"{bucket}/photos", "-o", str(tmp_path / "out")]) == 2
    assert "s3://shapes/photos: photos, and features of --kind clip, lie in a folder of this machine" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("command", [
    "train shape store -o s3://shapes/run", "evaluate s3://shapes/pack store",
    "edit s3://shapes/a.glb -o b.glb", "photos cut photos -o s3://shapes/cut",
    "data render store -o views --decode s3://shapes/run",
])  # fmt: skip
def test_what_takes_no_url_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command.split()) == 2
    assert ": this option takes a path of this machine, not a URL\n" in capsys.readouterr().err


def test_other_storages_name_the_package_that_is_missing() -> None:
    pytest.importorskip("fsspec")
    try:
        import gcsfs  # noqa: F401  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        with pytest.raises(MissingError, match=r"gs://bucket/store/.* needs another package \(.*gcsfs"):
            Store.open("gs://bucket/store")
