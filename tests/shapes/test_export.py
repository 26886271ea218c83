"""Files: every format read back with trimesh, with frame, units and provenance."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MeshError, UsageError
from latentmapper.shapes.export import FORMATS, export_bytes, format_of
from latentmapper.shapes.mesh import Mesh, vertex_normals
from latentmapper.shapes.provenance import read_provenance
from tests.shapes.solids import box_mesh

PROVENANCE = {"pack": "car-1", "hash": "ab12", "code": [0.25, -1.5], "confidence": 0.9, "note": "schön"}


def loaded(data: bytes, kind: str) -> Any:
    return trimesh.load(io.BytesIO(data), file_type=kind, force="mesh")


@pytest.mark.parametrize("kind", FORMATS)
def test_trimesh_reads_back_the_same_solid(kind: Any) -> None:
    box = box_mesh()
    read = loaded(export_bytes(box, kind, PROVENANCE), kind)
    assert read.is_watertight and read.is_winding_consistent
    assert read.volume == pytest.approx(0.4 * 0.2 * 1.8, rel=1e-5)
    np.testing.assert_allclose(read.bounds, [box.vertices.min(axis=0), box.vertices.max(axis=0)], atol=1e-6)


@pytest.mark.parametrize(("kind", "unit"), [("glb", 1), ("obj", 1), ("ply", 1), ("stl", 1000)])
def test_length_is_metres_along_z_and_millimetres_in_stl(kind: Any, unit: float) -> None:
    read = loaded(export_bytes(box_mesh((0.2, 0.1, 0.9)), kind, length=4.5), kind)
    np.testing.assert_allclose(read.extents, np.array([1.0, 0.5, 4.5]) * unit, rtol=1e-5)


@pytest.mark.parametrize("kind", FORMATS)
def test_vertices_that_nearly_meet_stay_apart(kind: Any) -> None:
    box, near = box_mesh(), np.float32(1.5489266)
    vertices = box.vertices.copy()
    vertices[:2] = near
    vertices[1, 2] = np.nextafter(near, np.float32(2))
    read = loaded(export_bytes(Mesh(vertices, box.faces), kind), kind)
    assert len(np.unique(read.vertices.astype(np.float32), axis=0)) == len(vertices)


@pytest.mark.parametrize("kind", ["obj", "ply", "stl"])
def test_up_z_turns_the_front_to_minus_y(kind: Any) -> None:
    tip = Mesh(box_mesh().vertices + np.array([0, 0, 0.5], np.float32), box_mesh().faces)
    read = loaded(export_bytes(tip, kind, up="z"), kind)
    np.testing.assert_allclose(read.bounds, [[-0.2, -1.4, -0.1], [0.2, 0.4, 0.1]], atol=1e-6)
    assert read.volume > 0


@pytest.mark.parametrize("kind", ["glb", "obj", "ply"])
def test_provenance_is_read_back(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / f"mesh.{kind}"
    path.write_bytes(export_bytes(box_mesh(), kind, PROVENANCE))
    assert read_provenance(path) == PROVENANCE


@pytest.mark.parametrize(("kind", "mark"), [("obj", b"# "), ("ply", b"comment ")])
def test_long_provenance_is_on_lines_that_viewers_read(kind: Any, mark: bytes, tmp_path: Path) -> None:
    path, told = tmp_path / f"mesh.{kind}", {"code": [1 / 3] * 4096, "note": " a  b " * 200}
    path.write_bytes(export_bytes(box_mesh(), kind, told))
    lines = [line for line in path.read_bytes().split(b"\n") if line.startswith(mark)]
    assert len(lines) > 100 and max(map(len, lines)) < 510
    assert read_provenance(path) == told
    assert loaded(path.read_bytes(), kind).is_watertight


def test_provenance_on_one_line_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "mesh.obj"
    path.write_text("# latentmapper 0.1.0\r\n# latentmapper " + json.dumps(PROVENANCE) + "\r\nv 0 0 0\r\n")
    assert read_provenance(path) == PROVENANCE


def test_files_of_others_have_no_provenance(tmp_path: Path) -> None:
    path = tmp_path / "mesh.stl"
    path.write_bytes(export_bytes(box_mesh(), "stl", PROVENANCE))
    assert read_provenance(path) is None
    for kind in ("glb", "ply", "obj"):
        path = tmp_path / f"box.{kind}"
        trimesh.creation.box().export(path)
        assert read_provenance(path) is None


def test_a_file_that_is_no_glb_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mesh.glb"
    path.write_bytes(b"x" * 40)
    with pytest.raises(MeshError, match="provenance cannot be read: not a GLB file"):
        read_provenance(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_mesh_gives_the_same_bytes(kind: Any) -> None:
    shuffled = dict(reversed(PROVENANCE.items()))
    assert export_bytes(box_mesh(), kind, PROVENANCE) == export_bytes(box_mesh(), kind, shuffled)


def test_glb_follows_the_standard() -> None:
    data = export_bytes(box_mesh(), "glb", PROVENANCE)
    magic, version, length, size, kind = struct.unpack("<4sIII4s", data[:20])
    assert (magic, version, length, kind) == (b"glTF", 2, len(data), b"JSON")
    assert size % 4 == 0 and len(data) % 4 == 0
    document = json.loads(data[20 : 20 + size])
    assert document["asset"]["generator"].startswith("latentmapper ")
    position = document["accessors"][0]
    np.testing.assert_allclose(position["max"], [0.2, 0.1, 0.9])
    material = document["materials"][0]["pbrMetallicRoughness"]
    assert material["metallicFactor"] == 0
    views = document["bufferViews"]
    assert all(view["byteOffset"] % 4 == 0 for view in views)
    assert sum(view["byteLength"] for view in views) == document["buffers"][0]["byteLength"]


def test_normals_are_smooth_unit_and_outward() -> None:
    box = box_mesh((1, 1, 1))
    normals = vertex_normals(box)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    assert ((normals * box.vertices).sum(axis=1) > 0.9).all()


def test_an_stl_header_is_short_and_never_says_solid() -> None:
    data = export_bytes(box_mesh(), "stl")
    assert data[:80].startswith(b"latentmapper ") and len(data) == 84 + 50 * 12


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    box: Any = box_mesh()
    with pytest.raises(UsageError, match="--format must be one of glb, obj, ply, stl, not fbx"):
        export_bytes(box, "fbx")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--up z does not fit --format glb"):
        export_bytes(box, "glb", up="z")
    with pytest.raises(UsageError, match="--up must be y or z, not x"):
        export_bytes(box, "obj", up="x")  # type: ignore[arg-type]
    for length in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="--length must be a positive number of metres"):
            export_bytes(box, "obj", length=length)
    for length, told in ((1e39, r"1e\+39"), (1e-50, "1e-50")):
        with pytest.raises(UsageError, match=rf"between 1e-06 and 1e\+06 metres, not {told}"):
            export_bytes(box, "glb", length=length)
    with pytest.raises(MeshError, match="no length along Z"):
        export_bytes(Mesh(box.vertices * np.array([1, 1, 0], np.float32), box.faces), "obj", length=1.0)


def test_a_file_name_says_the_format() -> None:
    assert format_of(Path("a/Car.GLB")) == "glb"
    with pytest.raises(UsageError, match=r"car.fbx: the file name must end with .glb, .obj, .ply, .stl"):
        format_of(Path("car.fbx"))
