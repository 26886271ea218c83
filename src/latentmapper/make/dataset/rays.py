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

    def first(self, origins: NDArray, directions: NDArray) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The first face that each ray meets, -1 where none, and its distance, inf where none; (n,) each."""
        if self._scene is None:
            return _slow_first(self._mesh, origins, directions)
        rays = np.ascontiguousarray(origins, np.float32), np.ascontiguousarray(directions, np.float32)
        hits = self._scene.run(*rays, output=True)
        face = hits["primID"].astype(np.int64)
        return face, np.where(face >= 0, hits["tfar"], np.inf)


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


def _slow_first(mesh, origins: NDArray, directions: NDArray) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    face, distance = np.full(len(origins), -1), np.full(len(origins), np.inf)
    places, rays, faces = mesh.intersects_location(origins, directions, multiple_hits=False)
    face[rays], distance[rays] = faces, np.linalg.norm(places - origins[rays], axis=1)
    return face, distance
