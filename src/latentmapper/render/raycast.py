"""Which face each ray meets: embree where it is installed, trimesh's own slower rays elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.render.camera import Camera
from latentmapper.render.normals import corner_normals


@dataclass(frozen=True)
class Hits:
    """What the rays met; the leading shape is (n,), or (h, w) for the pixels of a picture."""

    face: NDArray[np.int32]
    """(...,) index of the face, -1 where the ray met nothing."""
    depth: NDArray[np.float32]
    """(...,) distance from the eye along the ray, canonical units; infinite where nothing was met."""
    normal: NDArray[np.float32]
    """(..., 3) unit shading normal on the side that the ray came from; 0 where nothing was met."""
    barycentric: NDArray[np.float32]
    """(..., 3) weights of the face's three corners; 0 where nothing was met."""

    def reshape(self, *shape: int) -> "Hits":
        """The same hits with another leading shape."""
        return Hits(
            self.face.reshape(shape),
            self.depth.reshape(shape),
            self.normal.reshape(*shape, 3),
            self.barycentric.reshape(*shape, 3),
        )


class Scene:
    """A mesh made ready for rays; build it once and use it for all views.

    Faces are seen from both sides. Raises `MeshError` where there is no face to see.
    """

    def __init__(self, vertices: NDArray[np.floating], faces: NDArray[np.integer]):
        if not len(faces):
            raise MeshError("the mesh has no faces, so there is nothing to render")
        if not np.isfinite(vertices).all():
            raise MeshError("the mesh has vertices that are not finite numbers, so it cannot be rendered")
        self.vertices = np.ascontiguousarray(vertices, np.float32)
        self.faces = np.ascontiguousarray(faces, np.int32)
        self.first = _intersector(self.vertices, self.faces)
        """(origins (n, 3), directions (n, 3)) -> (n,) int32: the first face met, or -1."""

    @cached_property
    def normals(self) -> NDArray[np.float32]:
        """(f, 3, 3) shading normals of the corners."""
        return corner_normals(self.vertices, self.faces)

    @cached_property
    def _edges(self) -> NDArray[np.float32]:
        corners = self.vertices[self.faces]
        return np.stack([corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]], axis=1)

    def occluded(
        self, points: NDArray[np.floating], direction: NDArray[np.floating], margin: float = 2e-3
    ) -> NDArray[np.bool_]:
        """(n,) whether anything lies between points (n, 3) and infinity in a direction, (3,) or (n, 3).

        `margin` is how far the ray starts from the point, so that a surface does not shade itself.
        """
        directions = np.ascontiguousarray(np.broadcast_to(direction, points.shape), np.float32)
        return self.first((points + margin * directions).astype(np.float32), directions) >= 0

    def hits(self, origins: NDArray[np.float32], directions: NDArray[np.float32]) -> Hits:
        """What rays (n, 3) from origins (n, 3) meet first. Directions have length 1."""
        face = self.first(origins, directions)
        met = np.flatnonzero(face >= 0)
        weights, distance = self._locate(face[met], origins[met], directions[met])
        towards = np.einsum("nc,ncd->nd", weights, self.normals[face[met]])
        geometric = np.cross(self._edges[face[met], 1], self._edges[face[met], 2])
        # The side is that of the flat face: at a silhouette the smooth normal may look away.
        towards *= -np.sign(np.einsum("nd,nd->n", geometric, directions[met]))[:, None]
        towards /= np.sqrt(np.maximum(np.einsum("nd,nd->n", towards, towards), 1e-20))[:, None]
        depth = np.full(len(face), np.inf, np.float32)
        normal, barycentric = np.zeros((2, len(face), 3), np.float32)
        depth[met], normal[met], barycentric[met] = distance, towards, weights
        return Hits(face, depth, normal, barycentric)

    def _locate(
        self, face: NDArray[np.int32], origins: NDArray[np.float32], directions: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Barycentric weights and distance of known hits (Möller and Trumbore 1997)."""
        corner, first, second = np.moveaxis(self._edges[face], 1, 0)
        p = np.cross(directions, second)
        determinant = np.einsum("nd,nd->n", first, p)
        inverse = 1 / np.where(np.abs(determinant) < 1e-20, 1e-20, determinant)
        to_origin = origins - corner
        u = np.einsum("nd,nd->n", to_origin, p) * inverse
        q = np.cross(to_origin, first)
        v = np.einsum("nd,nd->n", directions, q) * inverse
        weights = np.clip(np.stack([1 - u - v, u, v], axis=1), 0, 1)
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        return weights, np.einsum("nd,nd->n", second, q) * inverse


def raycast(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], camera: Camera, size: tuple[int, int]
) -> Hits:
    """Cast one ray through each pixel centre.

    Parameters
    ----------
    vertices, faces : (v, 3) canonical frame, (f, 3) vertex indices
    size : height and width of the picture in pixels

    Returns
    -------
    Hits with leading shape (h, w)
    """
    return Scene(vertices, faces).hits(*camera.rays(size)).reshape(*size)


Intersector = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.int32]]


def _intersector(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> Intersector:
    try:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene
    except ImportError:
        return _slow_intersector(vertices, faces)
    scene = EmbreeScene()
    TriangleMesh(scene, vertices, faces)

    def first(origins: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.int32]:
        if not len(origins):
            return np.zeros(0, np.int32)
        return scene.run(
            np.ascontiguousarray(origins, np.float32), np.ascontiguousarray(directions, np.float32)
        )

    return first


def _slow_intersector(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> Intersector:
    from trimesh import Trimesh
    from trimesh.ray.ray_triangle import RayMeshIntersector

    rays = RayMeshIntersector(Trimesh(vertices, faces, process=False))

    def first(origins: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.int32]:
        if not len(origins):
            return np.zeros(0, np.int32)
        return rays.intersects_first(origins, directions).astype(np.int32)

    return first
