"""What is photographed: a mesh made ready for rays, with what its surface and surroundings need."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentmapper.files import sha256_of_bytes
from latentmapper.render.raycast import Scene
from latentmapper.render.shading import dome, openness

_CELLS = 28
"""Cells along one side of the grid of sky light."""
_REACH = 1.12
"""Half the side of that grid, canonical units."""
_FLOOR_CELLS = 56
_FLOOR_REACH = 1.6


@dataclass(frozen=True, eq=False)
class Subject:
    """A mesh for many views: everything that does not depend on the view is found once."""

    vertices: NDArray[np.floating]
    """(v, 3) canonical frame."""
    faces: NDArray[np.integer]
    """(f, 3); single-sided, open and unoriented meshes are fine."""
    materials: NDArray[np.integer] | None = None
    """(f,) indices into `MATERIALS`, or None where nothing is known."""
    category: str | None = None
    """car, airplane or other; None where it is to be guessed."""

    @cached_property
    def scene(self) -> Scene:
        """The mesh made ready for rays. Raises `MeshError` where there is nothing to see."""
        return Scene(self.vertices, self.faces)

    @cached_property
    def kind(self) -> str:
        """The category, guessed from the shape where it is not given: cars fill their box seen from above."""
        if self.category is not None:
            return self.category
        line = np.linspace(0.05, 0.95, 24)
        extent = self.high - self.low
        x, z = (grid.ravel() for grid in np.meshgrid(line, line))
        above = np.full(x.shape, self.high[1] + 1, np.float32)
        origins = np.stack([self.low[0] + x * extent[0], above, self.low[2] + z * extent[2]], axis=1)
        down = np.broadcast_to(np.array([0, -1, 0], np.float32), origins.shape)
        filled = float(np.mean(self.scene.first(origins.astype(np.float32), down) >= 0))
        return "car" if filled > 0.8 else "airplane" if filled < 0.6 else "other"

    @cached_property
    def known(self) -> NDArray[np.uint8] | None:
        """(f,) materials, or None where no face's material is known."""
        if self.materials is None or not np.any(self.materials):
            return None
        return np.asarray(self.materials, np.uint8)

    @cached_property
    def low(self) -> NDArray[np.float32]:
        """(3,) lower corner of the bounding box."""
        return self.scene.vertices.min(axis=0)

    @cached_property
    def high(self) -> NDArray[np.float32]:
        """(3,) upper corner of the bounding box."""
        return self.scene.vertices.max(axis=0)

    @cached_property
    def outline(self) -> NDArray[np.float32]:
        """(n, 3) points that reach as far as the mesh does from every side: for framing."""
        directions = dome(192)
        return self.scene.vertices[np.unique(np.argmax(self.scene.vertices @ directions.T, axis=0))]

    @cached_property
    def surface(self) -> NDArray[np.float32]:
        """(n, 3) points spread evenly over the surface: for finding parts."""
        corners = self.scene.vertices[self.scene.faces].astype(np.float64)
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        rng = np.random.default_rng(0)
        total = np.cumsum(area)
        chosen = np.searchsorted(total, rng.random(6000) * total[-1]).clip(max=len(area) - 1)
        weights = rng.dirichlet(np.ones(3), len(chosen))
        return np.einsum("nc,ncd->nd", weights, corners[chosen]).astype(np.float32)

    @cached_property
    def _sky_grid(self) -> NDArray[np.float32]:
        """(n, n, n) share of the sky that is seen from cells of space, indexed by x, y, z."""
        line = np.linspace(-_REACH, _REACH, _CELLS, dtype=np.float32)
        points = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
        inside = (points >= self.low - 0.2).all(axis=1) & (points <= self.high + 0.2).all(axis=1)
        light = np.ones(len(points), np.float32)
        up = np.zeros((int(inside.sum()), 3), np.float32)
        up[:, 1] = 1
        light[inside] = openness(self.scene, points[inside], up, dome(14, lowest=0.1))
        return light.reshape(_CELLS, _CELLS, _CELLS)

    def sky_light(self, points: NDArray[np.float32], normals: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) share of the sky that reaches points of the surface, 0 to 1.

        It is read a little off the surface, on the visible side, so it holds for sheets as for solids.
        """
        from scipy.ndimage import map_coordinates

        cells = (points + 0.09 * normals + _REACH) * ((_CELLS - 1) / (2 * _REACH))
        return np.asarray(map_coordinates(self._sky_grid, cells.T, order=1, mode="nearest"), np.float32)

    @cached_property
    def _floor_grid(self) -> NDArray[np.float32]:
        """(n, n) share of the sky seen from the ground under the mesh, indexed by z, x."""
        line = np.linspace(-_FLOOR_REACH, _FLOOR_REACH, _FLOOR_CELLS, dtype=np.float32)
        z, x = np.meshgrid(line, line, indexing="ij")
        points = np.stack([x, np.full_like(x, self.low[1] - 0.01), z], axis=-1).reshape(-1, 3)
        up = np.broadcast_to(np.array([0, 1, 0], np.float32), points.shape)
        return openness(self.scene, points, up, dome(20, lowest=0.1)).reshape(x.shape)

    def floor_light(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) share of the sky that reaches points of the ground, 0 to 1: the contact shadow."""
        from scipy.ndimage import map_coordinates

        cells = (points[:, [2, 0]] + _FLOOR_REACH) * ((_FLOOR_CELLS - 1) / (2 * _FLOOR_REACH))
        light = map_coordinates(self._floor_grid, cells.T, order=1, mode="constant", cval=1.0)
        return np.asarray(light, np.float32)


_recent: dict[tuple, Subject] = {}


def recent_subject(
    vertices: NDArray[np.floating],
    faces: NDArray[np.integer],
    materials: NDArray[np.integer] | None,
    category: str | None,
) -> Subject:
    """A subject, the one of the last call where the mesh is the same: its light need not be found again."""
    arrays = [vertices, faces] if materials is None else [vertices, faces, materials]
    content = sha256_of_bytes(*(np.ascontiguousarray(array).tobytes() for array in arrays))
    key = (content, category)
    if key not in _recent:
        _recent.clear()
        _recent[key] = Subject(vertices, faces, materials, category)
    return _recent[key]
