"""Rays from points to the open: which directions does a point escape into?"""

import numpy as np
from numpy.typing import NDArray

# Rays start this far from the surface they belong to (canonical units).
OFFSET = 1e-4


class Occluder:
    """A triangle mesh that blocks rays: embreex, or trimesh's own slower rays where there is none."""

    def __init__(self, vertices: NDArray, faces: NDArray) -> None:
        try:
            from embreex.mesh_construction import TriangleMesh
            from embreex.rtcore_scene import EmbreeScene
        except ImportError:
            self._scene, self._mesh = None, _slow_rays(vertices, faces)
        else:
            self._scene = EmbreeScene()
            self._mesh = TriangleMesh(self._scene, vertices.astype(np.float32), faces.astype(np.int32))

    def escapes(self, origins: NDArray, directions: NDArray) -> NDArray[np.bool_]:
        """True where the ray from `origins` (n, 3) along `directions` (n, 3) meets nothing, (n,)."""
        if self._scene is None:
            return ~self._mesh.intersects_any(origins, directions)
        rays = np.ascontiguousarray(origins, np.float32), np.ascontiguousarray(directions, np.float32)
        return self._scene.run(*rays, query="OCCLUDED") == -1

    def sky(self, points: NDArray, directions: NDArray) -> NDArray[np.bool_]:
        """Which of `directions` (d, 3) each of `points` (n, 3) escapes into, (n, d)."""
        origins = np.repeat(points.astype(np.float32), len(directions), axis=0)
        rays = np.tile(directions.astype(np.float32), (len(points), 1))
        return self.escapes(origins, rays).reshape(len(points), len(directions))


def fibonacci_sphere(count: int) -> NDArray[np.float64]:
    """Well-spread unit vectors, (count, 3), on a golden spiral about +Y (Gonzalez, arXiv:0912.4540)."""
    y = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.cos(angle), y, ring * np.sin(angle)], axis=1)


def _slow_rays(vertices: NDArray, faces: NDArray):
    import trimesh
    from trimesh.ray.ray_triangle import RayMeshIntersector

    return RayMeshIntersector(trimesh.Trimesh(vertices, faces, process=False))
