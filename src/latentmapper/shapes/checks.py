"""What a finished mesh is: closed or not, in how many pieces, how large."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from latentmapper.shapes.components import component_labels
from latentmapper.shapes.mesh import Triangles, face_areas, face_volumes


@dataclass(frozen=True)
class Checks:
    """Facts about a mesh, in the units of its vertices."""

    watertight: bool
    """Every edge belongs to exactly two faces, which run along it in opposite directions."""

    components: int
    """Pieces connected through shared vertices."""

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
    used = np.unique(mesh.faces)
    watertight = is_watertight(mesh.faces)
    components = len(np.unique(component_labels(mesh.faces, len(mesh.vertices))[used]))
    euler = len(used) - len(mesh.faces) * 3 // 2 + len(mesh.faces)
    x, y, z = np.ptp(mesh.vertices[used], axis=0).tolist() if len(used) else (0.0, 0.0, 0.0)
    return Checks(
        watertight=watertight,
        components=components,
        genus=components - euler // 2 if watertight else None,
        volume=float(face_volumes(mesh).sum()),
        area=float(face_areas(mesh).sum()),
        extent=(x, y, z),
        vertices=len(used),
        faces=len(mesh.faces),
    )


def is_watertight(faces: np.ndarray) -> bool:
    """Whether every directed edge of (f, 3) faces occurs once, and so does its reverse."""
    if len(faces) == 0:
        return False
    start = faces.astype(np.int64).ravel()
    end = np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    size = int(faces.max()) + 1
    edges, reverse = np.sort(start * size + end), np.sort(end * size + start)
    return bool((edges == reverse).all() and (np.diff(edges) > 0).all())
