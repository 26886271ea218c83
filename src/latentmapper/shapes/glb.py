"""Binary glTF 2.0 (GLB): one mesh, smooth normals, a neutral material."""

import json
import struct
from typing import Any

import numpy as np

from latentmapper.shapes.mesh import Mesh, vertex_normals
from latentmapper.shapes.provenance import KEY, generator

MATERIAL = {
    "name": "neutral",
    "pbrMetallicRoughness": {
        "baseColorFactor": [0.62, 0.64, 0.67, 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 0.55,
    },
}
"""Light grey, without metal, a little shiny: shape reads well under any viewer's light."""

ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
FLOAT, UNSIGNED_INT = 5126, 5125


def glb_bytes(mesh: Mesh, provenance: dict[str, Any]) -> bytes:
    """A GLB file; `provenance` goes into the asset's extras.

    Viewers put the camera on +Z with +Y up, where the canonical frame has the vehicle's front.
    """
    arrays = (
        mesh.vertices.astype("<f4"),
        vertex_normals(mesh).astype("<f4"),
        mesh.faces.astype("<u4").reshape(-1),
    )
    header = json.dumps(_document(arrays, provenance), separators=(",", ":"), sort_keys=True, allow_nan=False)
    return container(header.encode(), b"".join(array.tobytes() for array in arrays))


def _document(
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray], provenance: dict[str, Any]
) -> dict[str, Any]:
    """The JSON part: buffers, accessors, mesh, scene."""
    positions, normals, indices = arrays
    ends = np.cumsum([array.nbytes for array in arrays]).tolist()
    views = [
        {"buffer": 0, "byteOffset": end - array.nbytes, "byteLength": array.nbytes, "target": target}
        for array, end, target in zip(arrays, ends, [ARRAY_BUFFER] * 2 + [ELEMENT_ARRAY_BUFFER], strict=True)
    ]
    bounds = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
    accessors = [
        {"bufferView": 0, "componentType": FLOAT, "count": len(positions), "type": "VEC3", **bounds},
        {"bufferView": 1, "componentType": FLOAT, "count": len(normals), "type": "VEC3"},
        {"bufferView": 2, "componentType": UNSIGNED_INT, "count": len(indices), "type": "SCALAR"},
    ]
    primitive = {"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}
    return {
        "asset": {"version": "2.0", "generator": generator(), "extras": {KEY: provenance}},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "vehicle"}],
        "meshes": [{"name": "vehicle", "primitives": [primitive]}],
        "materials": [MATERIAL],
        "buffers": [{"byteLength": ends[-1]}],
        "bufferViews": views,
        "accessors": accessors,
    }


def container(header: bytes, binary: bytes) -> bytes:
    """Chunks padded to four bytes behind the twelve-byte GLB header."""
    header += b" " * (-len(header) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(header), b"JSON") + header
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
