"""The store: what is written is read, what is damaged is refused."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.files import sha256_of_file
from latentmapper.make.dataset.store import Record, ShapeData, Store, read_metadata, write_shape, write_store

FILE = "shapes/one.safetensors"


def data(seed: int = 0) -> ShapeData:
    rng = np.random.default_rng(seed)
    real = {name: rng.random((7, 3)).astype(np.float32) for name in ("vertices", "sample_points")}
    seen = {name: rng.random((5, 3)).astype(np.float32) for name in ("surface_points", "surface_normals")}
    faces = rng.integers(7, size=(4, 3)).astype(np.int32)
    distances = rng.random(7).astype(np.float32)
    return ShapeData(
        faces=faces, materials=np.arange(4, dtype=np.uint8), sample_distances=distances, **real, **seen
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_shape(tmp_path / FILE, data(), {"key": "abc"})
    good = Record("one", "g", "train", "lab", "CC0-1.0", "car", {"body": "van"}, asymmetry=0.5, file=FILE)
    good = dataclasses.replace(good, sha256=sha256_of_file(tmp_path / FILE))
    bad = Record("two", "g", "test", "lab", "CC0-1.0", "car", verdict="two has no faces")
    write_store(tmp_path, {"category": "car", "symmetric": True, "recipe": {}}, [good, bad])
    return tmp_path


def test_what_is_written_is_read(path: Path):
    store = Store.open(path)
    assert store.header == {"format": 1, "category": "car", "symmetric": True, "recipe": {}}
    assert [record.id for record in store.records] == ["one"] and store.records[0].labels == {"body": "van"}
    assert [(record.id, record.verdict) for record in store.set_aside] == [("two", "two has no faces")]
    assert [record.id for record in store.split("train")] == ["one"] and store.split("test") == []
    for field in dataclasses.fields(ShapeData):
        read, written = (getattr(shape, field.name) for shape in (store.load(store.records[0]), data()))
        np.testing.assert_array_equal(read, written)
        assert read.dtype == written.dtype


def test_metadata_and_hash(path: Path):
    assert read_metadata(path / FILE) == ({"key": "abc"}, sha256_of_file(path / FILE))
    assert read_metadata(path / "store.json") == read_metadata(path / "nothing") == ({}, "")


def test_no_store(tmp_path: Path):
    with pytest.raises(StoreError, match="is not a finished store; make it with: latentmapper data build"):
        Store.open(tmp_path)


def test_a_store_of_another_version(path: Path):
    (path / "store.json").write_text(json.dumps({"format": 9}))
    with pytest.raises(
        StoreError, match="is a store of format 9, this version reads format 1; build it again"
    ):
        Store.open(path)


@pytest.mark.parametrize(("file", "text"), [
    ("store.json", "{"), ("manifest.jsonl", "{"), ("manifest.jsonl", '{"id": "x", "colour": "red"}'),
    ("store.json", '{"format": 1, "category": 5, "recipe": {}, "symmetric": true}'),
    ("store.json", '{"format": 1, "category": "car", "recipe": [], "symmetric": true}'),
    ("store.json", '{"format": 1, "category": "car", "recipe": {}}'),
    ("manifest.jsonl", "[1]"),
])  # fmt: skip
def test_unreadable_records(path: Path, file: str, text: str):
    (path / file).write_text(text)
    with pytest.raises(StoreError, match=rf"{file} cannot be read"):
        Store.open(path)


@pytest.mark.parametrize(("name", "value"), [
    ("id", 5), ("group", None), ("split", ["train"]), ("labels", None), ("file", 5), ("sha256", {}),
])  # fmt: skip
def test_a_record_of_something_else_is_refused(path: Path, name: str, value: object):
    line = json.loads((path / "manifest.jsonl").read_text().splitlines()[0])
    (path / "manifest.jsonl").write_text(json.dumps(line | {name: value}) + "\n")
    with pytest.raises(StoreError, match=rf'manifest\.jsonl cannot be read \("{name}" is '):
        Store.open(path)


def test_a_flipped_byte_is_found(path: Path):
    store = Store.open(path)
    store.verify()
    content = bytearray((path / FILE).read_bytes())
    content[-1] ^= 1
    (path / FILE).write_bytes(content)
    with pytest.raises(StoreError, match=r"one\.safetensors differs from its hash in manifest\.jsonl"):
        store.verify()


def test_a_missing_or_cut_file(path: Path):
    store = Store.open(path)
    (path / FILE).write_bytes((path / FILE).read_bytes()[:100])
    with pytest.raises(StoreError, match=r"one\.safetensors is missing or damaged"):
        store.load(store.records[0])
    (path / FILE).unlink()
    with pytest.raises(StoreError, match=r"one\.safetensors is missing or damaged"):
        store.load(store.records[0])
