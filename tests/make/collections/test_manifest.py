"""A folder with a manifest: what is listed, filtered and found."""

import json
from pathlib import Path

import pytest
import trimesh

from latentmapper.errors import MeshError, UsageError
from latentmapper.make.collections.manifest import Manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    entries = [
        {"id": "a1", "category": "car", "source": "lab", "license": "CC0-1.0", "group": "a", "faces": 12},
        {"id": "b1", "category": "car", "labels": {"body": "van"}, "file": "elsewhere/b.obj"},
        {"id": "c1", "category": "boat"},
        {"id": "lost", "category": "car"},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps(entries))
    for name in ("car/a1.ply", "elsewhere/b.obj", "c1.stl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        trimesh.creation.box().export(tmp_path / name)
    return tmp_path


def test_entries_become_shapes(folder: Path):
    cars = Manifest(folder, "car")
    assert cars.ids() == list(cars) == ["a1", "b1", "lost"]
    first, second = cars.load("a1"), cars.load("b1")
    assert (first.group, first.source, first.license) == ("a", "lab", "CC0-1.0")
    assert (second.group, second.license, second.labels) == ("b1", "unknown", {"body": "van"})
    assert Manifest(folder, "boat").load("c1").category == "boat"


def test_null_is_as_good_as_none(tmp_path: Path):
    keys = ("group", "category", "source", "license", "file", "labels")
    (tmp_path / "manifest.json").write_text(
        json.dumps([{"id": name, **dict.fromkeys(keys)} for name in "ab"])
    )
    trimesh.creation.box().export(tmp_path / "a.ply")
    shape = Manifest(tmp_path, "car").load("a")
    assert (shape.group, shape.category, shape.license, shape.labels) == ("a", "car", "unknown", {})
    assert shape.source == tmp_path.name and Manifest(tmp_path).group("b") == "b"


def test_a_name_too_long_for_a_file_is_that_of_none(tmp_path: Path):
    (tmp_path / "manifest.json").write_text(json.dumps([{"id": "x" * 300}]))
    with pytest.raises(MeshError, match="x is in the manifest but has no mesh file"):
        Manifest(tmp_path).load("x" * 300)


def test_a_missing_file_is_named(folder: Path):
    with pytest.raises(MeshError, match="lost is in the manifest but has no mesh file"):
        Manifest(folder, "car").load("lost")


def test_several_categories_need_a_choice(folder: Path):
    with pytest.raises(UsageError, match="lists several categories; give one of them: boat, car"):
        Manifest(folder)
    with pytest.raises(UsageError, match="lists no shapes of category 'plane'"):
        Manifest(folder, "plane")
    (folder / "manifest.json").write_text('[{"id": "a1", "category": "car"}, {"id": "c1"}]')
    with pytest.raises(UsageError, match=r"lists several categories; give one of them: car$"):
        Manifest(folder)


@pytest.mark.parametrize(("text", "message"), [
    ("{", r"manifest\.json cannot be read"),
    ('{"id": 1}', 'must be a list of objects, each with an "id"'),
    ('[{"name": "x"}]', 'must be a list of objects, each with an "id"'),
    ('[{"id": ["x"]}]', 'must be a list of objects, each with an "id" that is text'),
    ('[{"id": "x"}, {"id": "y"}, {"id": "x"}]', "lists x more than once; give every shape an id of its own"),
    ('[{"id": ""}]', 'must be a list of objects, each with an "id" that is text'),
    ('[{"id": "\\ud800"}]', r"manifest\.json cannot be read \(.*surrogates not allowed\)"),
    ('[{"id": "x", "labels": {"length": NaN}}]', r"manifest\.json cannot be read \(Out of range float"),
    ('[{"id": "x", "labels": ["red"]}]', '"labels" of x must be an object'),
    ('[{"id": "x", "file": 5}]', '"file" of x must be text'),
    ('[{"id": "x", "category": ["car"]}]', '"category" of x must be text'),
    ("[]", r"manifest\.json lists no shapes$"),
])  # fmt: skip
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str, message: str):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match=message):
        Manifest(tmp_path)
