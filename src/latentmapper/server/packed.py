"""Meshes as small and as quickly read as browsers need them while a slider moves; see docs/http-api.md."""

import json
import struct
from typing import Any

import numpy as np

from latentmapper.shapes.mesh import Triangles

MAGIC = b"LMM1"
MEDIA_TYPE = "application/vnd.latentmapper.mesh"
STEPS = 65535
"""Of each side of the bounding box: vertices are off by a hundred-thousandth of it at most."""


def pack_mesh(mesh: Triangles, about: dict[str, Any]) -> bytes:
    """A header of 40 bytes, vertices as uint16, triangles as uint32, `about` as JSON; little-endian."""
    low = mesh.vertices.min(axis=0).astype("<f4")
    size = (mesh.vertices.max(axis=0) - low).astype("<f4")
    places = np.rint((mesh.vertices - low) / np.where(size > 0, size, 1) * STEPS)
    vertices = places.clip(0, STEPS).astype("<u2").tobytes()
    told = json.dumps(about, allow_nan=False).encode()
    header = MAGIC + struct.pack("<3I", len(mesh.vertices), len(mesh.faces), len(told))
    padding = b"\0" * (-len(vertices) % 4)
    triangles = mesh.faces.astype("<u4").tobytes()
    return header + low.tobytes() + size.tobytes() + vertices + padding + triangles + told
