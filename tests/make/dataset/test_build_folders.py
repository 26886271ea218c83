"""`data build` of folders as people have them, without a manifest."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper.executors import ALONE
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.split import split_of

RECIPE = BuildRecipe(category="car", samples=1500, surface_points=600)


@pytest.mark.parametrize(("wanted", "ids"), [
    ({"licenses": ("CC0-1.0",)}, ["parametric-car__0-00000"]),
    ({"licenses": ("unknown",)}, ["mine"]),
    ({"exclude_sources": ("folder",)}, ["parametric-car__0-00000"]),
])  # fmt: skip
def test_shapes_without_a_manifest_can_be_left_out_too(tmp_path: Path, wanted: dict, ids: list[str]):
    (tmp_path / "folder").mkdir()
    trimesh.creation.box((0.8, 0.6, 1.5)).export(tmp_path / "folder" / "mine.ply")
    sources = [str(tmp_path / "folder"), "parametric:cars:1"]
    manifest = build(sources, tmp_path / "store", replace(RECIPE, **wanted), ALONE)
    assert [record.id for record in manifest] == ids


def test_a_folder_may_be_for_validation_alone(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    name = next(name for name in "abcdefgh" if split_of(name, RECIPE.split) == "train")
    trimesh.creation.box((0.8, 0.6, 1.5)).export(tmp_path / "folder" / f"{name}.ply")
    recipe = replace(RECIPE, validation_sources=("folder",))
    (record,) = build([str(tmp_path / "folder")], tmp_path / "store", recipe, ALONE)
    assert record.split == "validation"


def test_double_sided_meshes_are_shapes_and_broken_ones_are_told(tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    mesh = trimesh.creation.box((0.8, 0.6, 1.5))
    trimesh.Trimesh(mesh.vertices, np.concatenate([mesh.faces, mesh.faces[:, ::-1]]), process=False).export(
        folder / "double.ply"
    )
    header = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    lists = "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    (folder / "broken.ply").write_text(f"{header}{lists}0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n")
    records = {record.id: record for record in build([str(folder)], tmp_path / "store", RECIPE, ALONE)}
    assert records["double"].verdict == "ok"
    assert records["broken"].verdict == "broken has faces that name vertices it does not have"
