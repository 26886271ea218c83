"""What a folder holds beside a pack, and before it."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.errors import UsageError
from latentmapper.make.pack_recipe import PackRecipe
from latentmapper.make.packaging import build_pack
from latentmapper.pack import Pack
from latentmapper.pack_folder import damaged_files
from tests.make.test_packaging import Runs, make_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return make_runs(tmp_path_factory.mktemp("runs"))


def test_a_pack_takes_the_place_of_another(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    parts = folder / "shape", folder / "mapper", store
    build_pack(tmp_path, PackRecipe("egg-1"), *parts)
    (tmp_path / "encoder.onnx").write_text("of a descriptor that the next one does not compress")
    (tmp_path / "notes").write_text("somebody's")
    described = json.loads((tmp_path / "pack.json").read_text())
    described["files"] |= {"encoder.onnx": "0" * 64, "../notes": "0" * 64}
    (tmp_path / "pack.json").write_text(json.dumps(described))
    (tmp_path.parent / "notes").write_text("somebody's")
    build_pack(tmp_path, PackRecipe("egg-2"), *parts)
    assert Pack.open(tmp_path).id == "egg-2" and not (tmp_path / "encoder.onnx").exists()
    assert (tmp_path / "notes").exists() and (tmp_path.parent / "notes").exists()


def test_what_else_lies_in_the_folder_is_no_part_of_the_pack(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    (tmp_path / ".old.partial").mkdir()  # of a killed build
    (tmp_path / "notes").write_text("somebody's")
    for name in ("egg-1", "egg-2"):
        metadata = build_pack(tmp_path, PackRecipe(name), folder / "shape", folder / "mapper", store)
    assert {path.name for path in tmp_path.iterdir()} == {*metadata["files"], "pack.json", "notes"}
    assert (tmp_path / "notes").read_text() == "somebody's" and "notes" not in metadata["files"]


@pytest.mark.parametrize(("wrong", "problem"), [
    ({"license": "MIT-ish"}, "no text of the license 'MIT-ish'"),
    ({"bandwidth": 0.0}, "--bandwidth must be at least 0.0001"),
])  # fmt: skip
def test_a_pack_is_kept_where_another_cannot_take_its_place(
    runs: Runs, tmp_path: Path, wrong: dict, problem: str
) -> None:
    store, folder = runs
    parts = folder / "shape", folder / "mapper", store
    build_pack(tmp_path, PackRecipe("egg-1"), *parts)
    with pytest.raises(UsageError, match=problem):
        build_pack(tmp_path, PackRecipe("egg-2", **wrong), *parts)
    pack = Pack.open(tmp_path)
    assert pack.id == "egg-1" and not damaged_files(tmp_path, pack.metadata)
    assert not list(tmp_path.glob(".*"))
