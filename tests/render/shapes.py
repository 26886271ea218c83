"""Tiny meshes with known surfaces."""

import numpy as np
from trimesh import creation


def sphere(radius: float = 1.0, subdivisions: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """An icosphere around the origin."""
    mesh = creation.icosphere(subdivisions=subdivisions, radius=radius)
    return np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)


def box(x: float, y: float, z: float) -> tuple[np.ndarray, np.ndarray]:
    """A box of these side lengths around the origin."""
    mesh = creation.box((x, y, z))
    return np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)
