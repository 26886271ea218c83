"""An animated GLB whose frames are meshes of their own: a flip book.

glTF moves vertices of one topology only, and every frame of a morph is meshed anew. So each frame is a node,
and keyframes without interpolation (STEP) set the scale of its node to 1 while it is shown and to 0
otherwise, as the glTF 2.0 specification (section 3.5.3, node transformations) provides for hiding nodes.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.shapes.glb import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    MATERIAL,
    UNSIGNED_INT,
    container,
)
from latentmapper.shapes.mesh import Mesh, vertex_normals
from latentmapper.shapes.provenance import KEY, generator

KINDS = {"VEC3": 3, "SCALAR": 1}


class _Buffer:
    """Arrays, one after the other, and the accessors that read them."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, values: np.ndarray, kind: str, target: int | None = None, bounds: bool = False) -> int:
        """Number of the accessor of an array of 4-byte values."""
        start = sum(map(len, self.parts))
        self.parts.append(values.tobytes())
        view = {"buffer": 0, "byteOffset": start, "byteLength": values.nbytes}
        self.views.append(view if target is None else view | {"target": target})
        entry = {
            "bufferView": len(self.views) - 1,
            "componentType": UNSIGNED_INT if values.dtype.kind == "u" else FLOAT,
            "count": values.size // KINDS[kind],
            "type": kind,
        }
        if bounds:
            rows = values.reshape(-1, KINDS[kind])
            entry |= {"min": rows.min(axis=0).tolist(), "max": rows.max(axis=0).tolist()}
        self.accessors.append(entry)
        return len(self.accessors) - 1


def flipbook_bytes(frames: Sequence[Mesh], seconds: float, provenance: dict[str, Any]) -> bytes:
    """A GLB file that shows meshes one after the other; a viewer that plays nothing shows the first.

    Parameters
    ----------
    frames : two or more, canonical frame or metres.
    seconds : how long all of them take; the last is shown as long as any other.
    provenance : goes into the asset's extras.

    Raises
    ------
    UsageError : fewer than two frames, or no time to show them in.
    """
    if len(frames) < 2:
        raise UsageError("an animation takes two frames or more")
    if not (np.isfinite(seconds) and seconds > 0):
        raise UsageError(f"--seconds must be a positive number, not {seconds}")
    buffer = _Buffer()
    meshes = [{"primitives": [_primitive(mesh, buffer)]} for mesh in frames]
    names = [f"frame {number}" for number in range(1, len(frames) + 1)]
    scales = [[1.0, 1.0, 1.0], *([[0.0, 0.0, 0.0]] * (len(frames) - 1))]
    document = {
        "asset": {"version": "2.0", "generator": generator(), "extras": {KEY: provenance}},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(frames)))}],
        "nodes": [
            {"mesh": number, "name": name, "scale": scale}
            for number, (name, scale) in enumerate(zip(names, scales, strict=True))
        ],
        "meshes": meshes,
        "materials": [MATERIAL],
        "animations": [_animation(len(frames), seconds, buffer)],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": sum(map(len, buffer.parts))}],
    }
    header = json.dumps(document, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return container(header.encode(), b"".join(buffer.parts))


def _primitive(mesh: Mesh, buffer: _Buffer) -> dict[str, Any]:
    position = buffer.add(mesh.vertices.astype("<f4"), "VEC3", ARRAY_BUFFER, bounds=True)
    normal = buffer.add(vertex_normals(mesh).astype("<f4"), "VEC3", ARRAY_BUFFER)
    indices = buffer.add(mesh.faces.astype("<u4").reshape(-1), "SCALAR", ELEMENT_ARRAY_BUFFER)
    return {"attributes": {"POSITION": position, "NORMAL": normal}, "indices": indices, "material": 0}


def _animation(count: int, seconds: float, buffer: _Buffer) -> dict[str, Any]:
    """One channel a node: hidden, shown for its time, hidden again."""
    samplers, channels = [], []
    for number in range(count):
        first, last = number == 0, number == count - 1
        # A dictionary, since the first and the last frame are shown from the start and to the end.
        keys = {0.0: first, number * seconds / count: True, (number + 1) * seconds / count: last}
        at = buffer.add(np.array(list(keys), "<f4"), "SCALAR", bounds=True)
        scale = buffer.add(np.repeat(np.array(list(keys.values()), "<f4"), 3), "VEC3")
        samplers.append({"input": at, "output": scale, "interpolation": "STEP"})
        channels.append({"sampler": number, "target": {"node": number, "path": "scale"}})
    return {"name": "morph", "samplers": samplers, "channels": channels}
