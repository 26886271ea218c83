"""Pieces of a mesh: the shell to keep, and the bits and cavities to drop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from latentmapper.shapes.mesh import Mesh, Triangles, as_mesh, compact


@dataclass(frozen=True)
class Dropped:
    """What was left out of a mesh."""

    floaters: int
    """Separate pieces outside, or inside a cavity."""

    cavities: int
    """Inner surfaces that enclose a void of the piece kept or of another."""

    volume_share: float
    """Volume of the floaters as a share of all pieces' volume."""

    area_share: float
    """Area of floaters and cavities as a share of the whole area."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: round(value, 6) for name, value in asdict(self).items()}

    def and_then(self, more: "Dropped") -> "Dropped":
        """What is left out in all when `more` is left out of what was kept."""
        kept_volume, kept_area = 1 - self.volume_share, 1 - self.area_share
        return Dropped(
            self.floaters + more.floaters,
            self.cavities + more.cavities,
            self.volume_share + kept_volume * more.volume_share,
            self.area_share + kept_area * more.area_share,
        )


@dataclass(frozen=True, eq=False)
class Pieces:
    """The separate pieces of a mesh, numbered from 0, and so turned that the largest faces outwards."""

    mesh: Mesh
    """All pieces."""

    label: np.ndarray
    """(f,) piece of each face."""

    areas: np.ndarray
    """(n,) area of each piece."""

    volumes: np.ndarray
    """(n,) signed volume of each piece; negative for a cavity."""

    @property
    def body(self) -> int:
        """The piece with the largest volume."""
        return int(np.argmax(self.volumes))

    def take(self, number: int) -> Mesh:
        """One piece as a mesh: the very one that was split where there is no other, with all known of it."""
        if len(self.areas) == 1:
            return self.mesh
        return compact(self.mesh.vertices, self.mesh.faces[self.label == number])

    def dropped(self, kept: Sequence[int]) -> Dropped:
        """What is left out when only `kept` pieces are taken."""
        left = np.ones(len(self.areas), bool)
        left[list(kept)] = False
        solid = np.maximum(self.volumes, 0)
        return Dropped(
            floaters=int((left & (self.volumes >= 0)).sum()),
            cavities=int((left & (self.volumes < 0)).sum()),
            volume_share=_share(solid[left].sum(), solid.sum()),
            area_share=_share(self.areas[left].sum(), self.areas.sum()),
        )


def split(surface: Triangles) -> Pieces:
    """The pieces of a mesh with one face or more: see `Mesh.pieces`."""
    mesh = as_mesh(surface)
    label = mesh.pieces
    areas, volumes = (np.bincount(label, values) for values in mesh.measures)
    if volumes[np.argmax(np.abs(volumes))] < 0:
        mesh, volumes = Mesh(mesh.vertices, mesh.faces[:, ::-1]), -volumes
    return Pieces(mesh, label, areas, volumes)


def largest_shell(mesh: Triangles) -> tuple[Mesh, Dropped]:
    """The piece with the largest volume, facing outwards, and what was dropped beside it."""
    pieces = split(mesh)
    return pieces.take(pieces.body), pieces.dropped([pieces.body])


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0
