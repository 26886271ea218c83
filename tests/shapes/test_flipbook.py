"""Animated GLB: every frame is there, one at a time is shown, and trimesh reads it."""

import io
import json
import struct

import numpy as np
import pytest
import trimesh

from latentmapper.errors import UsageError
from latentmapper.shapes.flipbook import flipbook_bytes
from latentmapper.shapes.mesh import Mesh
from tests.shapes.solids import box_mesh

FRAMES = [box_mesh((0.2, 0.1, 0.9)), box_mesh((0.3, 0.2, 0.8)), box_mesh((0.4, 0.3, 0.7))]


def _parts(data: bytes) -> tuple[dict, bytes]:
    (size,) = struct.unpack("<I", data[12:16])
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def _array(document: dict, binary: bytes, accessor: int) -> np.ndarray:
    entry = document["accessors"][accessor]
    start = document["bufferViews"][entry["bufferView"]]["byteOffset"]
    width = {"SCALAR": 1, "VEC3": 3}[entry["type"]]
    return np.frombuffer(binary, "<f4", entry["count"] * width, start).reshape(-1, width)


def _shown(document: dict, binary: bytes, time: float) -> list[int]:
    """Nodes whose scale is 1 at a time, by the last key at or before it."""
    nodes = []
    for channel in document["animations"][0]["channels"]:
        sampler = document["animations"][0]["samplers"][channel["sampler"]]
        assert sampler["interpolation"] == "STEP" and channel["target"]["path"] == "scale"
        times = _array(document, binary, sampler["input"])[:, 0]
        assert (np.diff(times) > 0).all() and times[0] == 0
        scale = _array(document, binary, sampler["output"])[np.searchsorted(times, time, side="right") - 1]
        if scale.all():
            nodes.append(channel["target"]["node"])
    return nodes


def test_one_frame_after_the_other_is_shown() -> None:
    document, binary = _parts(flipbook_bytes(FRAMES, 1.5, {}))
    shown = [_shown(document, binary, time) for time in (0.0, 0.49, 0.51, 0.99, 1.01, 1.5)]
    assert shown == [[0], [0], [1], [1], [2], [2]]


def test_without_animation_the_first_frame_is_shown() -> None:
    document, _ = _parts(flipbook_bytes(FRAMES, 1.5, {"category": "car"}))
    assert [node["scale"][0] for node in document["nodes"]] == [1, 0, 0]
    assert document["asset"]["extras"]["latentmapper"] == {"category": "car"}


def test_trimesh_reads_every_frame() -> None:
    scene = trimesh.load_scene(io.BytesIO(flipbook_bytes(FRAMES, 2.0, {})), file_type="glb")
    extents = [scene.geometry[name].extents for name in scene.geometry]
    np.testing.assert_allclose(extents, [mesh.extent for mesh in FRAMES], atol=1e-6)
    assert scene.bounds[1] == pytest.approx([0.2, 0.1, 0.9], abs=1e-6)


@pytest.mark.parametrize(
    ("frames", "seconds", "message"),
    [
        (FRAMES[:1], 1.0, "two frames or more"),
        (FRAMES, 0.0, "--seconds must be"),
        (FRAMES, np.nan, "--seconds"),
    ],
)
def test_what_is_no_animation_is_refused(frames: list[Mesh], seconds: float, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        flipbook_bytes(frames, seconds, {})
