"""Meshes as GLB, OBJ, PLY and STL, with where they come from written inside.

The writers are our own: each is a few lines, importing trimesh costs half a second of a cold start, and the
same mesh must give the same bytes. Tests read every format back with trimesh.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.shapes.glb import glb_bytes
from latentmapper.shapes.mesh import Mesh, require_usable
from latentmapper.shapes.provenance import comments, generator, sized
from latentmapper.shapes.units import Up, placed

Format = Literal["glb", "obj", "ply", "stl"]
FORMATS: tuple[Format, ...] = ("glb", "obj", "ply", "stl")

MILLIMETRES = 1000.0
"""STL has no unit; the programs that read it take millimetres."""


def export_bytes(
    mesh: Mesh,
    format: Format,  # noqa: A002
    provenance: dict[str, Any] | None = None,
    up: Up = "y",
    length: float | None = None,
) -> bytes:
    """A file's bytes; the same arguments give the same bytes.

    Parameters
    ----------
    mesh : Mesh
        Canonical frame: +Y up, front +Z, farthest point at radius 1.
    format : "glb", "obj", "ply" or "stl"
    provenance : dict, optional
        JSON values (pack, hash, code, version, confidence): GLB asset extras, PLY and OBJ comments; an STL
        header has no room for them. The length stands beside them.
    up : "y" or "z"
        Axis that points up in the file. GLB is +Y up by its standard and takes "y" only.
    length : float, optional
        Metres that the extent along Z becomes (millimetres in STL); without one the size stays canonical.

    Raises
    ------
    UsageError
        If the format is unknown, `up` does not fit it, or the length is not positive.
    MeshError
        If the mesh is empty, not finite, or has no extent to scale.
    """
    if format not in FORMATS:
        raise UsageError(f"--format must be one of {', '.join(FORMATS)}, not {format}")
    if format == "glb" and up == "z":
        raise UsageError(
            "--up z does not fit --format glb, which is +Y up by its standard: use obj, ply or stl"
        )
    require_usable(mesh)
    mesh = placed(mesh, up, length, MILLIMETRES if format == "stl" else 1.0)
    if format == "stl":
        return stl_bytes(mesh)
    writer = {"glb": glb_bytes, "obj": obj_bytes, "ply": ply_bytes}[format]
    return writer(mesh, sized(provenance or {}, length))


def format_of(path: Path) -> Format:
    """The format that a file name asks for.

    Raises
    ------
    UsageError
        If the suffix is none of the four.
    """
    suffix = path.suffix.lower().removeprefix(".")
    for known in FORMATS:
        if suffix == known:
            return known
    raise UsageError(
        f"{path.name}: the file name must end with {', '.join('.' + known for known in FORMATS)}"
    )


def obj_bytes(mesh: Mesh, provenance: dict[str, Any]) -> bytes:
    """Wavefront OBJ: comments, vertices, triangles."""
    # Nine digits tell every two numbers of 32 bits apart: readers merge vertices that are written alike.
    lines = [f"# {generator()}", *(f"# {line}" for line in comments(provenance))]
    lines += ["v %.9g %.9g %.9g" % (x, y, z) for x, y, z in mesh.vertices.tolist()]  # noqa: UP031
    lines += [f"f {a} {b} {c}" for a, b, c in (mesh.faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()


def ply_bytes(mesh: Mesh, provenance: dict[str, Any]) -> bytes:
    """Binary little-endian PLY with comments."""
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"comment {generator()}",
        *(f"comment {line}" for line in comments(provenance)),
        f"element vertex {len(mesh.vertices)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(mesh.faces)}",
        "property list uchar int vertex_indices",
        "end_header",
    ]
    faces = np.empty(len(mesh.faces), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, mesh.faces
    return ("\n".join(header) + "\n").encode() + mesh.vertices.astype("<f4").tobytes() + faces.tobytes()


def stl_bytes(mesh: Mesh) -> bytes:
    """Binary STL: a header of 80 bytes, then a normal and three corners per face."""
    triangles = mesh.vertices[mesh.faces].astype(np.float64)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records = np.zeros(len(triangles), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])
    records["normal"] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    records["corners"] = triangles
    header = generator().encode().ljust(80, b"\0")
    return header + np.uint32(len(triangles)).astype("<u4").tobytes() + records.tobytes()
