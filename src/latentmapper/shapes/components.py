"""Pieces of a mesh: the shell to keep, and the bits and cavities to drop."""

from dataclasses import dataclass

import numpy as np

from latentmapper.shapes.mesh import Mesh, Triangles, compact, face_measures
from latentmapper.shapes.topology import vertex_pieces


@dataclass(frozen=True)
class Dropped:
    """What `largest_shell` left out."""

    floaters: int
    """Separate pieces outside, or inside a cavity."""

    cavities: int
    """Inner surfaces that enclose a void of the piece kept or of another."""

    volume_share: float
    """Volume of the floaters as a share of all pieces' volume."""

    area_share: float
    """Area of floaters and cavities as a share of the whole area."""


def largest_shell(mesh: Triangles) -> tuple[Mesh, Dropped]:
    """The piece with the largest volume, facing outwards, and what was dropped beside it.

    Cavities are the pieces whose volume is negative while the largest piece's is positive.
    """
    label = vertex_pieces(mesh.faces, len(mesh.vertices))[mesh.faces[:, 0]]
    areas, volumes = (np.bincount(label, values) for values in face_measures(mesh))
    kept = int(np.argmax(np.abs(volumes)))
    faces = mesh.faces[label == kept]
    sign = -1 if volumes[kept] < 0 else 1
    if sign < 0:
        faces = faces[:, ::-1]
    volumes = volumes * sign
    present = np.bincount(label, minlength=len(volumes)) > 0
    solid = np.maximum(volumes, 0)
    dropped = Dropped(
        floaters=int((present & (volumes >= 0)).sum()) - 1,
        cavities=int((present & (volumes < 0)).sum()),
        volume_share=_share(solid.sum() - solid[kept], solid.sum()),
        area_share=_share(areas.sum() - areas[kept], areas.sum()),
    )
    return compact(mesh.vertices, faces), dropped


def _share(part: float, whole: float) -> float:
    return float(max(part, 0.0) / whole) if whole > 0 else 0.0
