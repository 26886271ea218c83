"""Codes to shapes, with a pack whose shapes are ellipsoids."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MissingError, UsageError
from latentmapper.server.shape_schema import Path as Way
from latentmapper.server.shape_schema import Shape
from latentmapper.server.studio import Studio
from latentmapper.shapes.provenance import read_provenance

from ..editing.axes_pack import CODE_SIZE as AXES
from ..editing.axes_pack import HALF_AXES as THING
from ..editing.axes_pack import write_axes_pack, write_exact_sliders
from ..tiny_pack import CODE_SIZE, HALF_AXES, write_tiny_pack
from ..warped_pack import write_warped_pack

CODE = [0.0] * CODE_SIZE


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio([str(write_tiny_pack(tmp_path_factory.mktemp("packs") / "car"))], threads=1)


def _shape(**options: Any) -> Shape:
    return Shape(**{"category": "car", "code": CODE} | options)


def test_a_code_becomes_a_packed_mesh(studio: Studio) -> None:
    data = studio.make(_shape())
    vertices, faces = np.frombuffer(data, "<u4", 2, 4)
    about = _told(data)
    assert about["checks"]["watertight"] and about["checks"]["vertices"] == vertices
    assert about["checks"]["faces"] == faces
    np.testing.assert_allclose(_size(data), 2 * np.array(HALF_AXES), rtol=0.05)


@pytest.mark.parametrize(("kind", "length"), [("glb", 4.5), ("obj", 4.5), ("ply", 4.5), ("stl", 4500)])
def test_files_have_the_length_that_is_asked_for(studio: Studio, kind: str, length: float) -> None:
    mesh = trimesh.load_mesh(io.BytesIO(studio.make(_shape(format=kind, length=4.5))), kind)
    assert mesh.is_watertight and mesh.extents[2] == pytest.approx(length, rel=1e-4)


def test_files_carry_their_code(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "car.glb"
    path.write_bytes(studio.make(_shape(format="glb", photo_sha256="a" * 64)))
    told = read_provenance(path)
    assert told is not None and told["code"] == CODE and told["photo_sha256"] == "a" * 64
    assert told["pack"]["id"] == "tiny-car" and told["category"] == "car"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"category": "../car"}, "--category ../car: unknown; choose car"),
        ({"code": [0.0]}, "a code of pack tiny-car is 4 finite numbers, not (1,)"),
    ],
)
def test_what_fits_no_pack_is_refused(studio: Studio, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        studio.make(_shape(**options))
    assert str(caught.value) == sentence


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = write_axes_pack(tmp_path_factory.mktemp("packs") / "thing")
    write_exact_sliders(folder)
    bare = write_tiny_pack(tmp_path_factory.mktemp("packs") / "car")
    return Studio([str(folder), str(bare)], threads=1)


def _size(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, "<f4", 3, 28)


def _told(packed: bytes, places: bool = False) -> dict[str, Any]:
    vertices, _, told = (int(each) for each in np.frombuffer(packed, "<u4", 3, 4))
    end = len(packed) - 6 * vertices * places
    return json.loads(packed[end - told : end])


def test_sliders_change_the_shape(editable: Studio) -> None:
    thing = {"category": "thing", "code": [0.0] * AXES, "format": "draft"}
    _, info = editable.packs()
    low, high = info.sliders[0].low, info.sliders[0].high
    np.testing.assert_allclose(_size(editable.make(Shape(**thing))), 2 * np.array(THING), rtol=0.05)
    moved = [editable.make(Shape(**thing, sliders={info.sliders[0].name: at})) for at in (low / 3, high / 3)]
    change = np.log(_size(moved[1]) / _size(moved[0]))
    assert np.abs(change).max() > 0.1 and np.sort(np.abs(change))[1] < 0.03, "one side, and no other"


def test_files_tell_what_was_changed_as_edit_does(editable: Studio, tmp_path: Path) -> None:
    _, info = editable.packs()
    moves = {info.sliders[0].name: 0.5}
    path = tmp_path / "thing.glb"
    thing = {"category": "thing", "code": [0.0] * AXES, "format": "glb", "sliders": moves}
    path.write_bytes(editable.make(Shape(**thing)))
    told = read_provenance(path)
    assert told is not None and told["edits"] == [{"moves": moves}]


def test_too_far_is_told(editable: Studio) -> None:
    _, info = editable.packs()
    far = Shape(category="thing", code=[0.0] * AXES, sliders={info.sliders[0].name: 10.0})
    warnings = _told(editable.make(far))["warnings"]
    assert warnings[0] == f"{info.sliders[0].name} moves by +3, not +10: beyond, shapes fall apart"


def test_packs_tell_what_can_be_changed(editable: Studio) -> None:
    bare, full = editable.packs()
    assert (bare.category, bare.license, bare.sliders) == ("car", "CC0-1.0", [])
    assert full.category == "thing" and full.sliders and full.sliders[0].low < 0 < full.sliders[0].high


def test_without_sliders_there_is_a_sentence(editable: Studio) -> None:
    with pytest.raises(MissingError, match="has no sliders yet"):
        editable.make(_shape(sliders={"height": 1.0}))
    with pytest.raises(UsageError, match="no slider 'colour'"):
        editable.make(Shape(category="thing", code=[0.0] * AXES, sliders={"colour": 1.0}))


def test_a_way_begins_and_ends_where_it_is_asked_to(editable: Studio) -> None:
    codes = [[0.0] * AXES, [0.1] * AXES]
    way = editable.path(Way(category="thing", codes=codes, count=5)).codes
    assert len(way) == 5
    np.testing.assert_allclose([way[0], way[-1]], codes, atol=1e-6)


def test_vertices_tell_their_place_on_the_template(tmp_path: Path) -> None:
    """Every shape of the pack is its template, a ball, twice as high: the same place has the same share."""
    warped = Studio([str(write_warped_pack(tmp_path / "car"))], threads=1)
    [info] = warped.packs()
    assert info.corresponds
    for kind in ("draft", "mesh"):
        data = warped.make(_shape(format=kind))
        assert _told(data, places=True)["template"]
        count = int(np.frombuffer(data, "<u4", 1, 4)[0])
        low, size = np.frombuffer(data, "<f4", 6, 16).reshape(2, 3)
        vertices = low + np.frombuffer(data, "<u2", 3 * count, 40).reshape(-1, 3) / 65535 * size
        shares = np.frombuffer(data, "<u2", 3 * count, len(data) - 6 * count).reshape(-1, 3) / 65535
        np.testing.assert_allclose(shares, (vertices - low) / size, atol=0.05)


def test_packs_without_a_template_tell_no_places(studio: Studio) -> None:
    data = studio.make(_shape())
    assert "template" not in _told(data) and not studio.packs()[0].corresponds
