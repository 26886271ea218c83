"""Small meshes whose inside is known, as (vertices, faces)."""

import numpy as np
import trimesh

MeshArrays = tuple[np.ndarray, np.ndarray]


def box(extents, centre=(0, 0, 0), without=None, inward=False) -> trimesh.Trimesh:
    """A box, perhaps without the side whose outward normal is `without`, perhaps inside out."""
    mesh = trimesh.creation.box(extents)
    mesh.apply_translation(centre)
    if without is not None:
        mesh = trimesh.Trimesh(mesh.vertices, mesh.faces[mesh.face_normals @ without < 0.9], process=False)
    if inward:
        mesh.invert()
    return mesh


def arrays(*parts: trimesh.Trimesh) -> MeshArrays:
    """The parts side by side in one mesh."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
    return np.concatenate([part.vertices for part in parts]), np.concatenate(faces)


UP, DOWN = (0, 1, 0), (0, -1, 0)
BODY = (0.8, 0.6, 1.9)


def floorless() -> MeshArrays:
    """A single-walled body without a floor, which would be at y = -0.3."""
    return arrays(box(BODY, without=DOWN))


def lined() -> MeshArrays:
    """The same with an inner lining: as a surface it is a cup, as a car it is solid."""
    return arrays(box(BODY, without=DOWN), box((0.74, 0.57, 1.84), (0, -0.015, 0), DOWN, inward=True))


def open_windows() -> MeshArrays:
    """A tub, a roof plate on six pillars above it, seats: windows all around."""
    pillars = [box((0.04, 0.25, 0.06), (x, 0.125, z)) for x in (-0.33, 0.33) for z in (-0.42, 0, 0.42)]
    seats = box((0.5, 0.2, 0.3), (0, -0.1, 0))
    tub = box((0.8, 0.3, 1.9), (0, -0.15, 0), UP)
    return arrays(tub, box((0.7, 0.02, 0.9), (0, 0.26, 0)), seats, *pillars)


def biplane() -> MeshArrays:
    """Two wings a chord apart."""
    return arrays(box((2, 0.03, 0.25), (0, 0.125, 0)), box((2, 0.03, 0.25), (0, -0.125, 0)))


def pickup_bed() -> MeshArrays:
    """A bed with walls of 0.03, open above."""
    return arrays(box((0.8, 0.3, 1.0), without=UP), box((0.74, 0.27, 0.94), (0, 0.015, 0), UP, inward=True))


def sheet(both_sides: bool = False) -> MeshArrays:
    """A single sheet in the plane y = 0, perhaps with a second one that faces down."""
    vertices = np.array([[-1, 0, -0.2], [1, 0, -0.2], [1, 0, 0.2], [-1, 0, 0.2]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return vertices, np.concatenate([faces, faces[:, ::-1]]) if both_sides else faces
