"""A folder of meshes: which files are shapes, what they are called, what cannot be read."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MeshError, UsageError
from latentmapper.make.collections.folder import SUFFIXES, Folder


def cube(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    trimesh.creation.box((1.0, 2.0, 3.0)).export(file)
    return file


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_mesh(tmp_path: Path, suffix: str):
    cube(tmp_path / f"one{suffix}")
    shape = Folder(tmp_path, "box").load("one")
    np.testing.assert_allclose(np.ptp(shape.vertices, axis=0), [1, 2, 3], rtol=1e-6)
    assert shape.faces.shape == (12, 3) and shape.vertices.dtype == np.float32
    assert (shape.id, shape.group, shape.category, shape.license) == ("one", "one", "box", "unknown")


def test_ids_are_paths_and_suffixes_part_same_names(tmp_path: Path):
    for name in ("a/x.obj", "b/x.obj", "twice.obj", "twice.stl", "LOUD.OBJ"):
        cube(tmp_path / name)
    (tmp_path / "readme.txt").write_text("no mesh")
    assert sorted(Folder(tmp_path).ids()) == ["LOUD", "a__x", "b__x", "twice.obj", "twice.stl"]


def test_hidden_files_are_no_meshes(tmp_path: Path):
    """As macOS leaves them on other disks, with the suffix of the file that they are about."""
    for name in ("chair.obj", "._chair.obj"):
        (tmp_path / name).write_text("v 0 0 0")
    assert list(Folder(tmp_path).ids()) == ["chair"]


def test_two_files_that_would_have_one_id_are_named(tmp_path: Path):
    for name in ("a/x.obj", "a__x.obj"):
        cube(tmp_path / name)
    with pytest.raises(UsageError, match=r"a.x\.obj and .*a__x\.obj would both be called a__x\.obj; rename"):
        Folder(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_names_that_are_no_utf8_become_text(tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    cube(folder / "one.obj").with_name(os.fsdecode(b"ni\xf1o.obj")).write_bytes(b"")
    shapes = Folder(folder)
    assert shapes.ids() == [r"ni\xf1o", "one"]
    assert (shapes.load("one").category, shapes.load("one").source) == (r"caf\xe9", r"caf\xe9")


@pytest.mark.parametrize("away", [0.0, 100.0, 4e6])
def test_a_mesh_keeps_its_form_however_far_it_is(tmp_path: Path, away: float):
    mesh = trimesh.creation.icosphere(2).apply_translation([away, 0, -away])
    mesh.export(tmp_path / "one.obj", digits=12)
    vertices = Folder(tmp_path).load("one").vertices
    centre = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    np.testing.assert_allclose(np.linalg.norm(vertices - centre, axis=1), 1, atol=2e-5)
    assert away > 1e5 or np.allclose(centre, [away, 0, -away])  # nearer ones are stored where they are


def test_the_category_is_the_folders_name(tmp_path: Path):
    cube(tmp_path / "chairs" / "one.obj")
    assert Folder(tmp_path / "chairs").load("one").category == "chairs"


def test_a_scene_is_flattened(tmp_path: Path):
    scene = trimesh.Scene()
    for x in (-2.0, 2.0):
        scene.add_geometry(
            trimesh.creation.box(), transform=trimesh.transformations.translation_matrix([x, 0, 0])
        )
    scene.export(tmp_path / "two.glb")
    shape = Folder(tmp_path).load("two")
    assert len(shape.faces) == 24 and np.ptp(shape.vertices[:, 0]) == pytest.approx(5)


def test_a_folder_without_meshes_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"holds no meshes \(obj, off, ply, stl, glb\)"):
        Folder(tmp_path)


@pytest.mark.parametrize(("name", "text", "message"), [
    ("empty.obj", "", r"empty\.obj"),
    ("points.obj", "v 0 0 0\nv 1 0 0\n", r"points\.obj has no faces"),
    ("noise.ply", "this is no mesh", r"noise\.ply cannot be read as a mesh"),
])  # fmt: skip
def test_an_unusable_file_is_named(tmp_path: Path, name: str, text: str, message: str):
    (tmp_path / name).write_text(text)
    with pytest.raises(MeshError, match=message):
        Folder(tmp_path).load(name.split(".")[0])
