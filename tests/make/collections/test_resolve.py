"""From what a user types to a collection."""

from pathlib import Path

import pytest
import trimesh

from latentmapper.errors import UsageError
from latentmapper.make.collections.folder import Folder
from latentmapper.make.collections.manifest import Manifest
from latentmapper.make.collections.resolve import open_collection
from latentmapper.make.collections.shapenet import ShapeNet


def test_a_path_becomes_what_it_holds(tmp_path: Path):
    model = tmp_path / "1" / "m" / "models" / "model_normalized.obj"
    model.parent.mkdir(parents=True)
    trimesh.creation.box().export(model)
    assert isinstance(open_collection(str(tmp_path), "box"), Folder)
    assert isinstance(open_collection(str(tmp_path), None, "1"), ShapeNet)
    (tmp_path / "manifest.json").write_text('[{"id": "x"}]')
    assert isinstance(open_collection(str(tmp_path)), Manifest)


def test_parametric_specs_say_how_many_and_which():
    some, same, others = (open_collection(f"parametric:airplanes:{spec}") for spec in ("3", "3:0", "3:7"))
    assert len(some.ids()) == 3
    assert some.ids() == same.ids() != others.ids()


@pytest.mark.parametrize("spec", ["parametric:boats", "parametric:cars:many", "parametric:cars:1:2:3"])
def test_unknown_specs_are_refused(spec: str):
    with pytest.raises(UsageError, match=r"is not one of parametric:cars\[:COUNT\[:SEED\]\]"):
        open_collection(spec)


def test_a_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="nowhere is neither a folder nor one of parametric:cars"):
        open_collection(str(tmp_path / "nowhere"))


def test_a_collection_tells_its_category_before_any_shape_is_loaded(tmp_path: Path):
    (tmp_path / "manifest.json").write_text('[{"id": "x", "category": "boat"}]')
    assert open_collection(str(tmp_path)).category == "boat"
    (tmp_path / "manifest.json").write_text('[{"id": "x"}]')
    assert Manifest(tmp_path).category == tmp_path.name and Manifest(tmp_path, "kite").category == "kite"
    assert open_collection("parametric:cars:1").category == "car"
    assert open_collection("parametric:airplanes:1").category == "airplane"
