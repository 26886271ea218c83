"""From what marching cubes left to one closed, outward-facing, manifold shell."""

from dataclasses import asdict, dataclass
from typing import Any

from latentmapper.shapes.components import Dropped, largest_shell
from latentmapper.shapes.decimation import decimate
from latentmapper.shapes.manifold import refusal, voxel_union
from latentmapper.shapes.mesh import Mesh, Triangles, require_usable

NOTABLE_SHARE = 0.02
"""Share of the volume that may be dropped without a warning."""


@dataclass(frozen=True)
class CleanupReport:
    """What clean-up changed."""

    dropped: Dropped
    """Pieces left out."""

    rebuilt: str | None
    """Why the shell was rebuilt by a voxel union (manifold3d's error), or None if it was accepted."""

    warnings: tuple[str, ...]
    """What a user should know."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def clean(surface: Triangles, faces: int | None = None) -> tuple[Mesh, CleanupReport]:
    """Keep the largest shell of a surface, make sure it bounds a solid, and decimate it.

    Parameters
    ----------
    surface : Surface or Mesh
        Closed triangles, in any number of pieces.
    faces : int, optional
        Face budget; without one nothing is decimated.

    Returns
    -------
    mesh : Mesh
        One closed, outward-facing, manifold shell, checked by manifold3d.
    report : CleanupReport

    Raises
    ------
    MeshError
        If the surface has no faces, is not finite, or has zero area.
    UsageError
        If the face budget is below 100.
    """
    require_usable(surface)
    mesh, dropped = largest_shell(surface)
    warnings = _dropped_warning(dropped)
    reason = refusal(mesh)
    if reason:
        mesh = voxel_union(surface)
        warnings.append(f"the surface was rebuilt from voxels, since manifold3d refused it: {reason}")
    if faces is not None:
        mesh, missed = decimate(mesh, faces)
        warnings += missed
    return mesh, CleanupReport(dropped, reason, tuple(warnings))


def _dropped_warning(dropped: Dropped) -> list[str]:
    if dropped.volume_share <= NOTABLE_SHARE:
        return []
    parts = "1 separate part" if dropped.floaters == 1 else f"{dropped.floaters} separate parts"
    was = "was" if dropped.floaters == 1 else "were"
    return [f"{parts} with {dropped.volume_share:.0%} of the volume {was} dropped"]
