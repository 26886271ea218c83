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


def test_a_missing_file_is_named(folder: Path):
    with pytest.raises(MeshError, match="lost is in the manifest but has no mesh file"):
        Manifest(folder, "car").load("lost")


def test_several_categories_need_a_choice(folder: Path):
    with pytest.raises(UsageError, match="lists several categories; give one of them: boat, car"):
        Manifest(folder)
    with pytest.raises(UsageError, match="lists no shapes of category 'plane'"):
        Manifest(folder, "plane")


@pytest.mark.parametrize(("text", "message"), [
    ("{", r"manifest\.json cannot be read"),
    ('{"id": 1}', 'must be a list of objects, each with an "id"'),
    ('[{"name": "x"}]', 'must be a list of objects, each with an "id"'),
    ('[{"id": ["x"]}]', 'must be a list of objects, each with an "id" that is text'),
    ('[{"id": "x"}, {"id": "y"}, {"id": "x"}]', "lists x more than once; give every shape an id of its own"),
])  # fmt: skip
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str, message: str):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match=message):
        Manifest(tmp_path)
