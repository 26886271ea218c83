"""What a finished mesh is: closed or not, in how many pieces, how large."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from latentmapper.shapes.mesh import Mesh, Triangles, as_mesh
from latentmapper.shapes.topology import fan_count


@dataclass(frozen=True)
class Checks:
    """Facts about a mesh, in the units of its vertices."""

    watertight: bool
    """Every edge belongs to exactly two faces, which run along it in opposite directions."""

    components: int
    """Pieces, connected across edges (by vertices if the mesh is not watertight)."""

    genus: int | None
    """Handles of all pieces together (a torus has 1); None if the mesh is not watertight."""

    volume: float
    """Enclosed volume; negative if inside out."""

    area: float
    """Total area of the faces."""

    extent: tuple[float, float, float]
    """Size of the bounding box along x, y and z."""

    vertices: int
    """Number of vertices that faces use."""

    faces: int
    """Number of triangles."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON, of a mesh in the canonical frame, whatever size its file has."""
        return asdict(self) | {"unit": "radius"}


def checks(triangles: Triangles) -> Checks:
    """Examine a mesh (vertices (v, 3) float, faces (f, 3) int); a mesh without faces is not watertight."""
    mesh = as_mesh(triangles)  # What clean-up has found out about a mesh is not found out again.
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.faces] = True
    areas, volumes = mesh.measures
    components = int(mesh.pieces.max(initial=-1)) + 1
    x, y, z = (float(np.ptp(axis)) if len(axis) else 0.0 for axis in mesh.vertices[used].T)
    return Checks(
        watertight=mesh.twins is not None,
        components=components,
        genus=_handles(mesh, components),
        volume=float(volumes.sum()),
        area=float(areas.sum()),
        extent=(x, y, z),
        vertices=int(used.sum()),
        faces=len(mesh.faces),
    )


def _handles(mesh: Mesh, pieces: int) -> int | None:
    """Genus of all pieces of a closed mesh, by Euler's formula V - E + F = 2 (pieces - genus)."""
    if mesh.twins is None:
        return None
    return pieces - (fan_count(mesh.twins) - len(mesh.faces) // 2) // 2
