"""`data build` of folders as people have them, without a manifest."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper.cli import run
from latentmapper.errors import UsageError
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


def test_several_categories_are_told_before_any_work(tmp_path: Path):
    """At the end of the build they would cost it, and the store that was there."""
    for name in ("chairs", "stools"):
        (tmp_path / name).mkdir()
        trimesh.creation.box((0.8, 0.6, 1.5)).export(tmp_path / name / f"{name}.ply")
    sources, store = [str(tmp_path / name) for name in ("chairs", "stools")], tmp_path / "store"
    recipe = replace(RECIPE, category=None)
    build(sources[:1], store, recipe, ALONE)
    before = sorted(path.name for path in store.rglob("*"))
    with pytest.raises(UsageError, match="the sources hold chairs, stools: give --category"):
        build(sources, store, recipe, ALONE)
    with pytest.raises(UsageError, match=r"--category 'a\\nb': no pack can be for what cannot be printed"):
        build(sources, store, replace(RECIPE, category="a\nb"), ALONE)
    assert sorted(path.name for path in store.rglob("*")) == before


def test_a_split_that_chance_left_empty_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Without held-out shapes nothing ends a training early, and nothing can be measured."""
    (tmp_path / "cups").mkdir()
    name = next(name for name in "abcdefgh" if split_of(name, RECIPE.split) == "train")
    trimesh.creation.box((0.8, 0.6, 1.5)).export(tmp_path / "cups" / f"{name}.ply")
    options = [
        "-o",
        str(tmp_path / "store"),
        "--samples",
        "1500",
        "--surface-points",
        "600",
        "--workers",
        "1",
    ]
    told = "so few groups want larger shares, such as --split 0.6 0.2 0.2\n"
    assert run(["data", "build", str(tmp_path / "cups"), *options]) == 0
    nothing = "warning: no shape is for validation and no shape is for test: "
    assert capsys.readouterr().err.endswith(nothing + told)
    assert run(["data", "build", str(tmp_path / "cups"), *options, "--split", "1", "0", "0"]) == 0
    assert "warning" not in capsys.readouterr().err
