"""A ShapeNetCore v2 tree: found by synset, turned to face +Z."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import UsageError
from latentmapper.make.collections.shapenet import ShapeNet

TETRAHEDRON = "v 0 0 -1\nv 1 0 0\nv 0 1 0\nv 0 0 0\nf 1 2 3\nf 1 4 2\nf 1 3 4\nf 2 4 3\n"


def tree(path: Path, synset: str) -> Path:
    for model in ("beef", "cafe"):
        file = path / synset / model / "models" / "model_normalized.obj"
        file.parent.mkdir(parents=True)
        file.write_text(TETRAHEDRON)
    return path


def test_models_are_turned_half_about_y(tmp_path: Path):
    cars = ShapeNet(tree(tmp_path, "02958343"), "02958343")
    shape = cars.load("beef")
    assert cars.ids() == ["beef", "cafe"] and cars.group("cafe") == "cafe"
    assert shape.category == "car" and "research only" in shape.license
    # the nose at -Z comes to +Z, what was at +X to -X, and the orientation stays: a turn, not a mirror
    assert {tuple(v) for v in shape.vertices.tolist()} == {(0, 0, 1), (-1, 0, 0), (0, 1, 0), (0, 0, 0)}
    assert np.sign(_volume(shape.vertices, shape.faces)) == np.sign(_volume(*_read()))


def test_a_synset_may_be_given_by_name(tmp_path: Path):
    assert ShapeNet(tree(tmp_path, "02691156"), "airplane").load("cafe").category == "airplane"


def test_other_synsets_are_named_by_the_taxonomy(tmp_path: Path):
    (tmp_path / "taxonomy.json").write_text(json.dumps([{"synsetId": "03001627", "name": "chair,seat"}]))
    assert ShapeNet(tree(tmp_path, "03001627"), "03001627").category == "chair"


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '[{"synsetId": "03001627"}]'])
def test_a_damaged_taxonomy_is_told(tmp_path: Path, text: str):
    (tmp_path / "taxonomy.json").write_text(text)
    with pytest.raises(UsageError, match=r"taxonomy\.json cannot be read \(.*\); give --category"):
        ShapeNet(tree(tmp_path, "03001627"), "03001627")
    assert ShapeNet(tmp_path, "03001627", "seat").category == "seat"


def test_a_wrong_synset_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"holds no \*/models/model_normalized.obj; is --synset right\?"):
        ShapeNet(tree(tmp_path, "02958343"), "1")


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems have names of text alone")
def test_names_of_any_bytes_become_text(tmp_path: Path):
    models = tmp_path / "02958343" / os.fsdecode(b"\xff") / "models"
    models.mkdir(parents=True)
    (models / "model_normalized.obj").write_text(TETRAHEDRON)
    cars = ShapeNet(tmp_path, "car")
    assert cars.ids() == ["\\xff"] and cars.load("\\xff").id == "\\xff"


def _read() -> tuple[np.ndarray, np.ndarray]:
    rows = [line.split() for line in TETRAHEDRON.splitlines()]
    vertices = np.array([row[1:] for row in rows if row[0] == "v"], float)
    return vertices, np.array([row[1:] for row in rows if row[0] == "f"], int) - 1


def _volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    return float(np.linalg.det(vertices[faces].astype(float)).sum() / 6)
