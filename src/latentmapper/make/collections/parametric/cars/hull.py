"""A smooth closed hull: rings of plan outlines, rounded over into a crowned top.

A car's lower body and its greenhouse are both such hulls. Every ring is a superellipse seen from above
(Gardner 1965; Barr 1981), whose half-width, front and rear change with height: that gives the profile of the
nose and tail in side view, the tumblehome in front view and the rounded corners in plan view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Curve = Callable[[Array], Array]

_COLUMNS = 36  # Points along one side of a ring, front to rear.
_ROUND = np.linspace(0, 1, 6)[1:-1]  # Where the rounded edge is sampled.


@dataclass(frozen=True)
class Hull:
    """Curves and numbers that shape a hull; metres, +Y up, front +Z, +X left.

    Height along the wall runs from 0 (bottom ring) to 1 (top edge); triples are (front, side, rear).
    """

    half_width: Curve
    """Half-width at a height."""
    front: Curve
    """z of the foremost point at a height."""
    rear: Curve
    """z of the rearmost point at a height."""
    bottom: Curve
    """y of the bottom at z."""
    edge: Curve
    """y of the top edge at z."""
    crown: Curve
    """How far the middle of the top rises over its edge at z."""
    across: tuple[float, float]
    """Superellipse exponent of x at the (front, rear): 2 is round, 4 nearly straight across."""
    along: tuple[float, float]
    """Superellipse exponent of z at the (front, rear): the larger, the longer the sides stay straight."""
    wall_round: tuple[float, float, float]
    """Share of the wall that the rounded edge takes."""
    cap_round: tuple[float, float, float]
    """Share of the way to the middle that the rounded edge takes on top."""
    narrowing: Curve = np.ones_like
    """Factor on x at z."""
    rings: int = 14
    """Rings on the wall."""
    caps: int = 6
    """Rings on the top, and on the bottom."""
    bulge: Curve | None = None
    """Outward displacement in x at points (..., 3), such as flares over the wheels."""

    @cached_property
    def _angles(self) -> Array:
        """Column angles from the front (pi/2) over the left side to the rear (-pi/2), denser at corners."""
        fine = np.pi / 2 - np.pi * np.linspace(0, 1, 2001)
        outline = self._outline(np.full(1, 0.6), fine)[0]
        steps = np.linalg.norm(np.diff(outline[:, [0, 2]], axis=0), axis=1)
        turn = np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(outline[:, [0, 2]], axis=0).T)), append=0))
        turn[-1] = 0
        weight = np.concatenate([[0], np.cumsum(steps / steps.sum() + 0.5 * turn / turn.sum())])
        return np.interp(np.linspace(0, weight[-1], _COLUMNS + 1), weight, fine)

    def _outline(self, height: Array, angles: Array) -> Array:
        """Points (r, c, 3) of rings at heights (r,) or (r, c); y is left at 0."""
        height = np.broadcast_to(height.reshape(len(height), -1), (len(height), len(angles)))
        cos, sin = np.cos(angles), np.sin(angles)
        ahead = sin > 0
        across = np.where(ahead, *self.across)
        along = np.where(ahead, *self.along)
        front, rear = self.front(height), self.rear(height)
        middle = (front + rear) / 2
        z = middle + (front - rear) / 2 * np.sign(sin) * np.abs(sin) ** (2 / along)
        x = self.half_width(height) * np.abs(cos) ** (2 / across) * self.narrowing(z)
        x[:, [0, -1]] = np.where(np.abs(cos[[0, -1]]) < 1e-6, 0.0, x[:, [0, -1]])
        return np.stack([x, np.zeros_like(x), z], axis=-1)

    def wall(self, height: Array, angles: Array | None = None) -> Array:
        """Points (r, c, 3) of the left wall at heights (r,) or (r, c)."""
        angles = self._angles if angles is None else angles
        points = self._outline(height, angles)
        top = self.edge(self._outline(np.ones(1), angles)[..., 2])
        bottom = self.bottom(points[..., 2])
        points[..., 1] = bottom + height.reshape(len(height), -1) * (top - bottom)
        if self.bulge is not None:
            points[..., 0] += np.where(points[..., 0] > 0, self.bulge(points), 0.0)
        return points

    def _towards_middle(self, ring: Array, share: Array) -> Array:
        """A ring (c, 3) drawn in towards the keel line: share 1 is the ring, 0 the line."""
        reach = min(ring[:, 0].max(), 0.45 * np.ptp(ring[:, 2]))
        line = np.clip(ring[:, 2], ring[:, 2].min() + reach, ring[:, 2].max() - reach)
        share = np.broadcast_to(share.reshape(len(share), -1), (len(share), len(ring)))
        z = line + share * (ring[:, 2] - line)
        return np.stack([share * ring[:, 0], np.zeros_like(z), z], axis=-1)

    def cap(self, share: Array) -> Array:
        """Points (r, c, 3) on top at shares (r,) or (r, c) of the way from the middle to the edge."""
        points = self._towards_middle(self.wall(np.ones(1))[0], share)
        rise = 1 - share.reshape(len(share), -1) ** 2
        points[..., 1] = self.edge(points[..., 2]) + self.crown(points[..., 2]) * rise
        return points

    def _per_column(self, triple: tuple[float, float, float]) -> Array:
        """Front, side and rear value blended around the ring by how much each column faces which way."""
        front, side, rear = triple
        sin = np.sin(self._angles)
        facing = np.abs(sin) ** 6
        return side * (1 - facing) + np.where(sin > 0, front, rear) * facing

    @cached_property
    def rows(self) -> Array:
        """The left half as a grid (r, c, 3), from the keel line of the bottom to that of the top."""
        wall_round, cap_round = self._per_column(self.wall_round), self._per_column(self.cap_round)
        wall = self.wall(np.linspace(0, 1, self.rings)[:, None] * (1 - wall_round))
        cap = self.cap(np.linspace(1, 0, self.caps)[:, None] * (1 - cap_round))
        corner, t = self.wall(np.ones(1)), _ROUND[:, None, None]
        rounded = (1 - t) ** 2 * wall[-1] + 2 * t * (1 - t) * corner + t**2 * cap[0]
        floor = self._towards_middle(wall[0], np.linspace(0, 1, self.caps)[:-1])
        floor[..., 1] = self.bottom(floor[..., 2])
        return np.concatenate([floor, wall, rounded, cap])

    def mesh(self, inset: float = 0.0) -> tuple[Array, NDArray[np.int32]]:
        """Closed mesh, both sides, its surface moved inwards by `inset` metres: vertices, faces."""
        vertices, faces = _mirrored(self.rows)
        if inset:
            vertices = vertices - inset * _normals(vertices, faces)
        return vertices, faces


def _mirrored(rows: Array) -> tuple[Array, NDArray[np.int32]]:
    """Mesh of a left half (r, c, 3) and its mirror image, welded along the plane of symmetry."""
    count, columns = rows.shape[:2]
    left = np.arange(count * columns).reshape(count, columns)
    right = left + count * columns
    seam = np.zeros((count, columns), bool)
    seam[[0, -1]] = True
    seam[:, [0, -1]] = True
    right[seam] = left[seam]
    vertices = np.concatenate([rows.reshape(-1, 3), rows.reshape(-1, 3) * [-1, 1, 1]])
    vertices[left[seam], 0] = 0
    faces = np.concatenate([_quads(left), _quads(right)[:, ::-1]])
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    used, faces = np.unique(faces, return_inverse=True)
    return vertices[used], faces.reshape(-1, 3).astype(np.int32)


def _quads(grid: NDArray[np.integer]) -> NDArray[np.integer]:
    """Two triangles for every cell of a grid of indices."""
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
    return np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])


def _normals(vertices: Array, faces: NDArray[np.integer]) -> Array:
    """Area-weighted unit normals of vertices."""
    a, b, c = vertices[faces].swapaxes(0, 1)
    weighted = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(total, faces[:, corner], weighted)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
