"""Meshes as small and as quickly read as browsers need them while a slider moves; see docs/http-api.md."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.shapes.mesh import Triangles

MAGIC = b"LMM1"
MEDIA_TYPE = "application/vnd.latentmapper.mesh"
STEPS = 65535
"""Of each side of the bounding box: vertices are off by a hundred-thousandth of it at most."""


def pack_mesh(mesh: Triangles, about: dict[str, Any], places: NDArray[np.floating] | None = None) -> bytes:
    """A header of 40 bytes, vertices as uint16, triangles as uint32, `about` as JSON; little-endian.

    Parameters
    ----------
    about : JSON values.
    places : (v, 3) where the vertices lie on the category's template, 0..1 across its bounding box. They
        stand last, as uint16, and `about` then tells `"template": true`.
    """
    low = mesh.vertices.min(axis=0).astype("<f4")
    size = (mesh.vertices.max(axis=0) - low).astype("<f4")
    vertices = _steps((mesh.vertices - low) / np.where(size > 0, size, 1))
    told = json.dumps(about if places is None else about | {"template": True}, allow_nan=False).encode()
    told += b" " * (len(told) % 2)  # numbers begin at even bytes, and JSON may end in spaces
    header = MAGIC + struct.pack("<3I", len(mesh.vertices), len(mesh.faces), len(told))
    padding = b"\0" * (-len(vertices) % 4)
    triangles = mesh.faces.astype("<u4").tobytes()
    last = b"" if places is None else _steps(places)
    return header + low.tobytes() + size.tobytes() + vertices + padding + triangles + told + last


def _steps(shares: NDArray[np.floating]) -> bytes:
    """Shares 0..1 as uint16; what lies beyond is brought to the ends."""
    return np.rint(shares * STEPS).clip(0, STEPS).astype("<u2").tobytes()
