"""What a finished mesh is: closed or not, in how many pieces, how large."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from latentmapper.shapes.mesh import Mesh, Triangles, face_measures
from latentmapper.shapes.topology import face_pieces, fan_count, vertex_pieces


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
        """Plain values, for JSON."""
        return asdict(self)


def checks(mesh: Triangles) -> Checks:
    """Examine a mesh (vertices (v, 3) float, faces (f, 3) int); a mesh without faces is not watertight."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.faces] = True
    areas, volumes = face_measures(mesh)
    components, genus = _pieces_and_handles(mesh, used)
    x, y, z = np.ptp(mesh.vertices[used], axis=0).tolist() if used.any() else (0.0, 0.0, 0.0)
    return Checks(
        watertight=genus is not None,
        components=components,
        genus=genus,
        volume=float(volumes.sum()),
        area=float(areas.sum()),
        extent=(x, y, z),
        vertices=int(used.sum()),
        faces=len(mesh.faces),
    )


def _pieces_and_handles(mesh: Triangles, used: np.ndarray) -> tuple[int, int | None]:
    """Number of pieces, and their genus by Euler's formula V - E + F = 2 (pieces - genus)."""
    # What clean-up has found out about a mesh is not found out again.
    twins = (mesh if isinstance(mesh, Mesh) else Mesh(mesh.vertices, mesh.faces)).twins
    if twins is None:
        return len(np.unique(vertex_pieces(mesh.faces, len(used))[used])), None
    pieces, _ = face_pieces(twins)
    euler = fan_count(twins) - len(mesh.faces) // 2
    return pieces, pieces - euler // 2
