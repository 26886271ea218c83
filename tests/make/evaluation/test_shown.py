"""Cases on disk."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentmapper.errors import StoreError
from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.shown import Shown, key_of, read_shown, write_shown
from latentmapper.shapes.mesh import Mesh

TETRAHEDRON = Mesh(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32),
)


def shown(case: Case | None = None, **answers: Mesh) -> Shown:
    """A black picture, and a tetrahedron as truth."""
    case = case or Case("worst", 1, "a", "mesh", "plain", 3)
    picture = np.zeros((8, 8, 3), np.uint8)
    return Shown(
        case, picture, 45.0, 15.0, "CC0-1.0", "made", TETRAHEDRON, answers, {"other": "MeshError: no"}
    )


def test_a_case_comes_back_as_it_was(tmp_path: Path):
    small = Mesh(TETRAHEDRON.vertices / 2, TETRAHEDRON.faces)
    origins = {"AtlasNet": ("kenney", "CC0-1.0")}
    kept = replace(shown(pack=small, AtlasNet=TETRAHEDRON), origins=origins)
    write_shown(tmp_path / "cases" / "a", kept, "key")
    assert key_of(tmp_path / "cases" / "a") == "key"
    back = read_shown(tmp_path / "cases" / "a")
    assert (back.case, back.errors, back.license) == (shown().case, {"other": "MeshError: no"}, "CC0-1.0")
    assert (back.azimuth, back.elevation, back.origins) == (45.0, 15.0, origins)
    assert list(back.answers) == ["pack", "AtlasNet"]
    np.testing.assert_array_equal(back.answers["pack"].vertices, small.vertices)
    np.testing.assert_array_equal(back.picture, shown().picture)


def change_metadata(path: Path, **told) -> None:
    arrays = load_file(path)
    known = {
        "key": "k",
        "case": vars(shown().case),
        "answers": [],
        "errors": {},
        "azimuth": 0,
        "elevation": 0,
    }
    save_file(arrays, path, {"shown": json.dumps(known | {"license": "", "source": ""} | told)})


def change(path: Path, **arrays: np.ndarray) -> None:
    write_shown(path, shown(), "key")
    save_file(load_file(path) | arrays, path, {"shown": "{}"})
    change_metadata(path)


@pytest.mark.parametrize(
    "arrays",
    [
        {"truth.faces": np.array([[0, 1, 9]], np.int32)},
        {"truth.faces": np.array([[0, 1]], np.int32)},
        {"truth.vertices": np.full((4, 3), np.nan, np.float32)},
        {"truth.vertices": np.zeros((4, 3), np.float64)},
        {"picture": np.zeros((8, 8), np.uint8)},
        {"picture": np.zeros((0, 8, 3), np.uint8)},
    ],
)
def test_damaged_arrays_are_refused(tmp_path: Path, arrays):
    change(tmp_path / "a", **arrays)
    with pytest.raises(StoreError, match="a is missing or damaged"):
        read_shown(tmp_path / "a")


@pytest.mark.parametrize(
    "told", [{"case": {"kind": "worst"}}, {"answers": ["pack"]}, {"errors": 3}, {"azimuth": "x"}]
)
def test_damaged_metadata_is_refused(tmp_path: Path, told):
    write_shown(tmp_path / "a", shown(), "key")
    change_metadata(tmp_path / "a", **told)
    with pytest.raises(StoreError, match="a is missing or damaged"):
        read_shown(tmp_path / "a")


def test_no_file_and_another_file_have_no_key(tmp_path: Path):
    assert key_of(tmp_path / "none") is None
    (tmp_path / "text").write_text("text")
    assert key_of(tmp_path / "text") is None
    with pytest.raises(StoreError, match="none is missing or damaged"):
        read_shown(tmp_path / "none")
