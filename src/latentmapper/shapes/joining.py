"""Parts that belong to the body but lost their hold on it: engines, wheels, wings with a torn root."""

from typing import TYPE_CHECKING

import numpy as np

from latentmapper.shapes.components import Pieces, largest_shell
from latentmapper.shapes.manifold import from_manifold, is_accepted, to_manifold
from latentmapper.shapes.mesh import Mesh, face_areas, vertex_normals

if TYPE_CHECKING:
    import manifold3d

SHARE = 0.004
"""Least share of the whole area that a part worth keeping has; what is smaller is a floating bit."""

FARTHEST = 0.15
"""Widest gap, canonical units, across which a part is taken to belong to the body."""

MOST = 16
"""Parts that are considered, the largest first."""

REACH, DEPTH = 2.0, 0.5
"""How far beyond the gap, and how deep into both sides, a strut takes hold, in lengths of a typical edge."""


def join(pieces: Pieces) -> tuple[Mesh, list[int]]:
    """The body with its lost parts on struts, each the convex hull of the two surfaces nearest each other.

    Parts are taken in the order of their gaps, to the body or to a part that already hangs on it. Gaps are
    measured between vertices, which suits the even triangles of marching cubes.

    Returns
    -------
    mesh : Mesh
        One manifold piece if the body is (manifold3d's union).
    kept : list of int
        Numbers of the pieces in it, the body's first.
    """
    body = pieces.body
    meshes = {number: pieces.take(number) for number in (body, *_candidates(pieces))}
    if len(meshes) == 1:
        return meshes[body], [body]
    solids = {number: to_manifold(mesh) for number, mesh in meshes.items()}
    if not all(map(is_accepted, solids.values())):
        return meshes[body], [body]
    kept, struts = _hung(meshes, body)
    if not struts:
        return meshes[body], kept
    return _united([solids[number] for number in kept] + struts), kept


def _hung(meshes: dict[int, Mesh], body: int) -> tuple[list[int], list["manifold3d.Manifold"]]:
    """Numbers of the body and of the parts that can hang on it, and the struts that hold them."""
    kept, struts = [body], []
    gaps = {part: (np.inf, body) for part in meshes if part != body}
    while gaps:
        newest = kept[-1]
        gaps = {part: min(gap, (_gap(meshes[part], meshes[newest]), newest)) for part, gap in gaps.items()}
        part = min(gaps, key=lambda number: gaps[number])
        width, anchor = gaps.pop(part)
        if width > FARTHEST:
            break
        struts.append(_strut(meshes[part], meshes[anchor], width))
        kept.append(part)
    return kept, struts


def _candidates(pieces: Pieces) -> list[int]:
    """Pieces beside the body that are solid and large enough, the largest area first."""
    worthy = (pieces.volumes > 0) & (pieces.areas >= SHARE * pieces.areas.sum())
    worthy[pieces.body] = False
    order = np.argsort(-pieces.areas, kind="stable")
    return [int(number) for number in order if worthy[number]][:MOST]


def _gap(one: Mesh, other: Mesh) -> float:
    """Distance between the nearest vertices of two meshes; infinite beyond the widest gap."""
    return float(_distances(one, other, FARTHEST).min())


def _distances(one: Mesh, other: Mesh, farthest: float) -> np.ndarray:
    """(v,) distance of each vertex of the first mesh to the nearest of the second, infinite if farther."""
    from scipy.spatial import KDTree

    return np.asarray(KDTree(other.vertices).query(one.vertices, distance_upper_bound=farthest)[0])


def _strut(one: Mesh, other: Mesh, gap: float) -> "manifold3d.Manifold":
    """Convex hull of what two meshes turn towards each other, sunk a little into both."""
    import manifold3d

    edge = float(np.sqrt(2 * np.median(face_areas(other))))
    points = []
    for mesh, opposite in ((one, other), (other, one)):
        near = np.isfinite(_distances(mesh, opposite, gap + REACH * edge))
        surface = mesh.vertices[near].astype(np.float64)
        points += [surface, surface - DEPTH * edge * vertex_normals(mesh)[near]]
    return manifold3d.Manifold.hull_points(np.concatenate(points))


def _united(solids: list["manifold3d.Manifold"]) -> Mesh:
    """The union of everything; a part that its strut misses is left out."""
    import manifold3d

    return largest_shell(from_manifold(manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add)))[0]
