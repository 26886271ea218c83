"""From what marching cubes left to one closed, outward-facing, manifold shell."""

from dataclasses import asdict, dataclass
from typing import Any

from latentmapper.shapes.components import Dropped, largest_shell, split
from latentmapper.shapes.decimation import decimate
from latentmapper.shapes.extraction import Surface
from latentmapper.shapes.joining import struts
from latentmapper.shapes.manifold import accepted, refusal, voxel_union
from latentmapper.shapes.mesh import Mesh, Triangles, as_mesh, require_usable
from latentmapper.shapes.parting import parted

NOTABLE_SHARE = 0.02
"""Share of the volume that may be dropped without a warning."""


@dataclass(frozen=True)
class CleanupReport:
    """What clean-up changed."""

    dropped: Dropped
    """Pieces left out."""

    joined: int
    """Parts that had lost their hold on the body and hang on it by a strut now."""

    rebuilt: str | None
    """Why the shell was rebuilt by a voxel union (manifold3d's error), or None if it was accepted."""

    warnings: tuple[str, ...]
    """What a user should know."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def clean(surface: Triangles, faces: int | None = None) -> tuple[Mesh, CleanupReport]:
    """Keep the body of a surface and its parts, make sure they bound a solid, and decimate it.

    The body is the piece with the largest volume; large pieces close to it are joined to it in the field that
    the surface was found in, small ones and far ones are dropped, and so are cavities.

    Parameters
    ----------
    surface : Surface or Mesh
        Closed triangles, in any number of pieces; those of a mesh have no field in which to be joined.
    faces : int, optional
        Face budget; without one nothing is decimated.

    Returns
    -------
    mesh : Mesh
        One closed, outward-facing, manifold shell: a solid to manifold3d.
    report : CleanupReport

    Raises
    ------
    MeshError
        If the surface has no faces, is not finite, or has zero area.
    UsageError
        If the face budget is below 100.
    """
    whole = as_mesh(surface)
    require_usable(whole)
    pieces, joined = split(whole), 0
    if isinstance(surface, Surface) and (holding := struts(pieces, surface.lattice.spacing)):
        surface, joined = surface.united(holding), len(holding)
        pieces = split(surface)
    mesh, dropped = pieces.take(pieces.body), pieces.dropped([pieces.body])
    reason = None
    # manifold3d takes long to look; where every edge has its one twin, there is nothing for it to refuse.
    if mesh.twins is None and (apart := accepted(mesh)):
        mesh, more = largest_shell(apart)  # what only touched in an edge is a piece of its own now
        mesh, dropped = parted(mesh), dropped.and_then(more)
    elif mesh.twins is None:
        reason = refusal(mesh)
    warnings = _dropped_warning(dropped)
    if reason:
        mesh = voxel_union(surface)
        warnings.append(f"the surface was rebuilt from voxels, since manifold3d refused it: {reason}")
    if faces is not None:
        mesh, missed = decimate(mesh, faces)
        warnings += missed
    return mesh, CleanupReport(dropped, joined, reason, tuple(warnings))


def _dropped_warning(dropped: Dropped) -> list[str]:
    if dropped.volume_share <= NOTABLE_SHARE:
        return []
    parts = "1 separate part" if dropped.floaters == 1 else f"{dropped.floaters} separate parts"
    was = "was" if dropped.floaters == 1 else "were"
    return [f"{parts} with {dropped.volume_share:.0%} of the volume {was} dropped"]
