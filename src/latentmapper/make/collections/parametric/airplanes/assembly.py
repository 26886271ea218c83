"""From a plan to one closed surface: make the parts, unite them, keep what each face is made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.collections.parametric.airplanes.empennage import tail_parts
from latentmapper.make.collections.parametric.airplanes.engines import engine_parts
from latentmapper.make.collections.parametric.airplanes.fuselage import Outline, fuselage_parts
from latentmapper.make.collections.parametric.airplanes.gear import gear_parts
from latentmapper.make.collections.parametric.airplanes.lofts import Part
from latentmapper.make.collections.parametric.airplanes.plan import Plan
from latentmapper.make.collections.parametric.airplanes.stores import (
    back_parts,
    second_wings,
    stores,
    wing_struts,
)
from latentmapper.make.collections.parametric.airplanes.surfaces import Half, half_surface, root_of

FEWEST_FACES = 4000
"""Plainer airplanes, such as flying wings, have each face cut into four."""


def main_wing(plan: Plan, outline: Outline) -> Half:
    """The left half of the wing."""
    root, level = root_of(plan.wing, 0.0), plan.wing.level
    s = float(np.clip(plan.wing.centre, 0, 1))
    root[1] = outline.level(s, min(level, 1.0))
    if level > 1:
        tall = plan.body.width * plan.body.height
        root[1] += (level - 1) * tall * (plan.canopy.height if plan.canopy.style == "cabin" else 0.5)
    return half_surface(plan.wing, root, 0.0, 2, plan.thin)


def make_parts(plan: Plan) -> list[Part]:
    """All parts of an airplane, each closed and outward-oriented, overlapping one another."""
    outline = Outline(plan.body)
    wing = main_wing(plan, outline)
    return [
        *fuselage_parts(plan, outline),
        wing.whole(plan.wing.camber),
        *tail_parts(plan, wing, outline),
        *second_wings(plan, wing),
        *wing_struts(plan, wing, outline),
        *engine_parts(plan, wing, outline),
        *gear_parts(plan, outline, wing),
        *stores(plan, wing),
        *back_parts(plan, outline),
    ]


def _solid(part: Part, first: int) -> Any:
    """A part as manifold3d takes it, its faces numbered from `first`."""
    import manifold3d

    mesh = manifold3d.Mesh(
        vert_properties=np.ascontiguousarray(part.vertices, dtype=np.float32),
        tri_verts=np.ascontiguousarray(part.faces, dtype=np.uint32),
        face_id=np.arange(first, first + len(part.faces), dtype=np.uint32),
    )
    solid = manifold3d.Manifold(mesh)
    if solid.status() != manifold3d.Error.NoError:
        raise MeshError(f"a part is not a closed surface: {solid.status()}")
    return solid


def unite(parts: list[Part]) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.uint8]]:
    """The union of closed parts as vertices (v, 3), faces (f, 3) and materials (f,).

    manifold3d carries a number per face through the union; here it leads back to the face's material.
    Hollows inside and pieces that touch nothing are dropped. Raises `MeshError` where a part is not closed.
    """
    import manifold3d

    firsts = np.cumsum([0, *(len(part.faces) for part in parts)])
    solids = [_solid(part, int(first)) for part, first in zip(parts, firsts, strict=False)]
    whole = manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add)
    largest = max(whole.decompose(), key=lambda piece: piece.volume())
    mesh = (largest if largest.num_tri() >= FEWEST_FACES else largest.refine(2)).to_mesh()
    materials = np.concatenate([part.materials for part in parts])[mesh.face_id]
    return mesh.vert_properties[:, :3], mesh.tri_verts.astype(np.int32), materials


def normalised(vertices: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Canonical frame: bounding box centred, farthest vertex at radius 1; and the scale that was applied."""
    centred = vertices - 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    scale = 1.0 / float(np.linalg.norm(centred, axis=1).max())
    return (centred * scale).astype(np.float32), scale
