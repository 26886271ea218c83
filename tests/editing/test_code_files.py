"""Codes read back from every kind of file that carries one, and nothing from any other."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from latentmapper.editing import Editor
from latentmapper.editing.code_files import code_record, pack_for, read_code, require_one_pack
from latentmapper.errors import LatentMapperError, MeshError, MissingError, UsageError
from latentmapper.shapes.export import export_bytes
from tests.editing.axes_pack import code_of

CODE = code_of((0.35, 0.3, 0.7))
EIGHT_BITS = b'{"code": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}'
"""Header of a safetensors file with a number of a kind that NumPy does not know."""


@pytest.fixture
def record(editor: Editor) -> dict[str, Any]:
    return code_record(CODE, editor.pack, {"photo_sha256": "abc"})


@pytest.mark.parametrize("format", ["glb", "ply", "obj"])
def test_meshes_carry_their_code(editor: Editor, record: dict[str, Any], tmp_path: Path, format) -> None:  # noqa: A002
    path = tmp_path / f"car.{format}"
    path.write_bytes(export_bytes(editor.mesh(CODE, 32), format, record))
    found = read_code(path)
    np.testing.assert_array_equal(found.code, CODE)
    assert (found.pack_id, found.pack_hash) == (editor.pack.id, editor.pack.hash)
    assert found.origin == {"photo_sha256": "abc"}


@pytest.mark.parametrize("format", ["glb", "ply", "obj"])
def test_meshes_in_metres_tell_their_length(
    editor: Editor,
    record: dict[str, Any],
    tmp_path: Path,
    format,  # noqa: A002
) -> None:
    path, mesh = tmp_path / f"car.{format}", editor.mesh(CODE, 32)
    path.write_bytes(export_bytes(mesh, format, record, length=4.2))
    assert read_code(path).length == 4.2
    path.write_bytes(export_bytes(mesh, format, record))
    assert read_code(path).length is None


@pytest.mark.parametrize("length", [0, -1.0, 1e9, 10**20, "4.2", True, [4.2]])
def test_a_length_that_is_none_is_refused(record: dict[str, Any], tmp_path: Path, length: Any) -> None:
    (tmp_path / "car.json").write_text(json.dumps(record | {"length": length}))
    with pytest.raises(UsageError, match="the length in its provenance is no number of metres"):
        read_code(tmp_path / "car.json")


def test_a_code_alone_will_do(editor: Editor, record: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "code.json").write_text(json.dumps(record))
    metadata = {"pack": editor.pack.id, "sha256": editor.pack.hash}
    save_file({"code": CODE}, tmp_path / "code.safetensors", metadata)
    for name in ("code.json", "code.safetensors"):
        found = read_code(tmp_path / name)
        np.testing.assert_array_equal(found.code, CODE)
        assert found.pack_hash == editor.pack.hash


def glb(header: bytes) -> bytes:
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(header), len(header), 0x4E4F534A) + header


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("photo.jpg", b"\xff\xd8", UsageError, "photos become meshes with: latentmapper reconstruct"),
        ("car.stl", b"solid", UsageError, "give the GLB, PLY or OBJ file of a reconstruction"),
        ("car.pkl", b"\x80\x04N.", UsageError, "give the GLB, PLY or OBJ file of a reconstruction"),
        ("car.obj", b"v 0 0 0\n", UsageError, "carries no code; only files of latentmapper reconstruct"),
        ("car.glb", b"glTF", MeshError, "its provenance cannot be read"),
        ("car.glb", b"glTF" + b"\xff" * 16, MeshError, "cannot be read: its header is too large"),
        ("car.glb", glb(b"[1]"), MeshError, "cannot be read: its header is none of a GLB"),
        ("car.glb", glb(b'{"asset": 5}'), MeshError, "cannot be read: its header is none of a GLB"),
        ("car.glb", glb(b'{"asset": {}}'), UsageError, "carries no code"),
        ("car.ply", b"comment latentmapper {" + b"[" * 100_000, MeshError, "its provenance cannot be read"),
        ("car.json", b"[" * 100_000, UsageError, "no code can be read from it"),
        ("car.json", b"\xff\xfe", UsageError, "no code can be read from it"),
        ("car.json", b"[1, 2]", UsageError, "carries no code"),
        ("car.json", b'{"code": [1], "pack": 3}', UsageError, "carries no code"),
        (
            "car.json",
            b'{"code": [[1], 2], "pack": {"id": "a", "sha256": "b"}}',
            UsageError,
            "carries no code",
        ),
        (
            "car.json",
            b'{"code": [NaN], "pack": {"id": "a", "sha256": "b"}}',
            UsageError,
            "not a row of finite",
        ),
        ("car.json", b'{"code": [], "pack": {"id": "a", "sha256": "b"}}', UsageError, "not a row of finite"),
        (
            "car.json",
            b'{"code": [1e300], "pack": {"id": "a", "sha256": "b"}}',
            UsageError,
            "not a row of finite",
        ),
        (
            "car.json",
            b'{"code": [1], "confidence": NaN, "pack": {"id": "a", "sha256": "b"}}',
            UsageError,
            "its provenance holds NaN or infinity",
        ),
        ("car.safetensors", b"\x00" * 40, UsageError, "no code can be read from it"),
        (
            "car.safetensors",
            len(EIGHT_BITS).to_bytes(8, "little") + EIGHT_BITS + b"\x00",
            UsageError,
            "no code can be read from it",
        ),
    ],
)
def test_other_files_are_refused(
    tmp_path: Path, name: str, content: bytes, error: type[LatentMapperError], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        read_code(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.glb: no such file"):
        read_code(tmp_path / "none.glb")
    with pytest.raises(UsageError, match="a folder, not a file"):
        read_code(tmp_path)


def test_the_pack_is_found_by_its_hash(
    axes_pack: Path, editor: Editor, record: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record))
    other = record | {"pack": {"id": "car-0", "sha256": "0" * 64}}
    (tmp_path / "b.json").write_text(json.dumps(other))
    own, foreign = read_code(tmp_path / "a.json"), read_code(tmp_path / "b.json")
    assert pack_for([own, own], None, [axes_pack]) == axes_pack
    assert pack_for([own], axes_pack, []) == axes_pack
    with pytest.raises(
        MissingError, match=r"belongs to pack car-0 \(000000000000\.\.\.\), which is not installed"
    ):
        pack_for([foreign], None, [axes_pack])
    with pytest.raises(UsageError, match=r"b\.json belongs to pack car-0 .*, not to"):
        pack_for([foreign], axes_pack, [])
    loud = replace(foreign, pack_id="car\x1b[31m\n", pack_hash="\x1b]0;" * 9)
    with pytest.raises(MissingError, match=r"belongs to pack car\[31m \(\]0;\]0;\]0;\]0;\.\.\.\), which"):
        pack_for([loud], None, [])
    with pytest.raises(UsageError, match="codes of two packs do not mix"):
        require_one_pack([own, foreign])
