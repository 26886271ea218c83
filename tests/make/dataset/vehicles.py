"""Toy vehicles to photograph: a few boxes each."""

import numpy as np
import trimesh

from latentmapper.make.collections.base import MATERIALS


def toy_car() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, faces and materials: body, cabin and four wheels, in the canonical frame."""
    parts = [("paint", (0.8, 0.3, 1.8), (0, -0.05, 0)), ("glass", (0.7, 0.25, 0.9), (0, 0.2, -0.1))]
    parts += [("tyre", (0.12, 0.26, 0.26), (x, -0.22, z)) for x in (-0.36, 0.36) for z in (-0.55, 0.55)]
    return _assemble(parts)


def toy_airplane() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, faces and materials: fuselage, wing, tailplane and fin, in the canonical frame."""
    parts = [("unknown", (0.2, 0.2, 1.9), (0, 0, 0)), ("unknown", (1.8, 0.03, 0.3), (0, 0, 0.1))]
    parts += [
        ("unknown", (0.6, 0.03, 0.2), (0, 0.05, -0.8)),
        ("unknown", (0.03, 0.35, 0.25), (0, 0.25, -0.8)),
    ]
    return _assemble(parts)


def _assemble(parts: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    meshes = [trimesh.creation.box(size).apply_translation(place) for _, size, place in parts]
    faces = np.concatenate([mesh.faces + 8 * i for i, mesh in enumerate(meshes)])
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    vertices -= (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    vertices = vertices / np.linalg.norm(vertices, axis=1).max()
    materials = np.repeat([MATERIALS.index(name) for name, _, _ in parts], 12).astype(np.uint8)
    return vertices.astype(np.float32), faces.astype(np.int32), materials
