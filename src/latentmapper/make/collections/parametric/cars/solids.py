"""Solids whose faces remember what they are made of, through every boolean operation.

manifold3d gives every output triangle the original id of the solid it came from. One id is reserved per
material, so that a triangle's id, less the first of them, is its index into `MATERIALS`.
"""

from collections.abc import Sequence

import numpy as np
from manifold3d import CrossSection, Manifold, Mesh, OpType
from numpy.typing import ArrayLike, NDArray

from latentmapper.make.collections.base import MATERIALS

_FIRST_ID = Manifold.reserve_ids(len(MATERIALS))


def solid(vertices: ArrayLike, faces: ArrayLike, material: str | NDArray[np.integer]) -> Manifold:
    """A closed, outward-oriented mesh as a solid.

    vertices : (v, 3) metres; faces : (f, 3); material : one name for all faces or (f,) indices into
    `MATERIALS`.
    """
    points, triangles = np.array(vertices, np.float32), np.array(faces, np.uint32)
    if isinstance(material, str):
        material = np.full(len(triangles), MATERIALS.index(material))
    order = np.argsort(material, kind="stable")
    used, counts = np.unique(material, return_counts=True)
    return Manifold(
        Mesh(
            vert_properties=points,
            tri_verts=np.ascontiguousarray(triangles[order]),
            run_index=np.concatenate([[0], 3 * np.cumsum(counts)]).astype(np.uint32),
            run_original_id=(_FIRST_ID + used).astype(np.uint32),
            # Every triangle is its own face: manifold3d may merge triangles of one face.
            face_id=np.arange(len(triangles), dtype=np.uint32),
        )
    )


def made_of(manifold: Manifold, material: str) -> Manifold:
    """The same solid with every face of one material."""
    mesh = manifold.to_mesh()
    return solid(mesh.vert_properties[:, :3], mesh.tri_verts, material)


def arrays(manifold: Manifold) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.uint8]]:
    """Vertices (v, 3), faces (f, 3) and materials (f,) of a solid."""
    mesh = manifold.to_mesh()
    counts = np.diff(np.asarray(mesh.run_index)) // 3
    materials = np.repeat(np.asarray(mesh.run_original_id).astype(np.int64) - _FIRST_ID, counts)
    return (
        np.asarray(mesh.vert_properties[:, :3], np.float64),
        np.asarray(mesh.tri_verts, np.int32),
        materials.astype(np.uint8),
    )


def union(parts: Sequence[Manifold]) -> Manifold:
    """All parts as one solid."""
    return Manifold.batch_boolean(list(parts), OpType.Add)


# Columns: where the polygon's first and second coordinate and the extrusion go in (x, y, z).
_PLACEMENT = {
    "x": np.array([[0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], float),
    "y": np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]], float),
    "z": np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], float),
}


def prism(
    polygon: ArrayLike,
    axis: str,
    low: float,
    high: float,
    material: str,
    radius: float = 0.0,
    margin: float = 0.0,
) -> Manifold:
    """A polygon pushed along an axis from `low` to `high`.

    Its corners are rounded by `radius` metres and its outline is moved outwards by `margin` metres.
    polygon : (n, 2) in the plane (z, y) for axis x, (x, z) for axis y, (x, y) for axis z.
    """
    section = CrossSection([_counter_clockwise(np.asarray(polygon, float))])
    if radius > 0:
        section = section.offset(-radius, circular_segments=24)
        section = section.offset(radius + margin, circular_segments=24)
    extruded = section.extrude(high - low).translate((0, 0, low))
    return made_of(extruded.transform(_PLACEMENT[axis]), material)


def _counter_clockwise(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = polygon.T
    area = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
    return polygon if area > 0 else polygon[::-1]
