"""Closed parts from rings of points: bodies, airfoil surfaces, tubes; all outward-oriented.

Parts live in the plan's frame: the fuselage runs from its nose at z = 0 to its tail at z = -1,
+Y up, +X to the airplane's left. `s` is the distance behind the nose, so z = -s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentmapper.make.collections.base import MATERIALS


@dataclass(frozen=True)
class Part:
    """One closed, outward-oriented surface."""

    vertices: NDArray[np.float64]
    """(v, 3) positions, plan frame."""
    faces: NDArray[np.int64]
    """(f, 3) vertex indices."""
    materials: NDArray[np.uint8]
    """(f,) indices into `MATERIALS`."""

    def mirrored(self) -> "Part":
        """The same part on the other side of the plane x = 0."""
        return Part(self.vertices * (-1.0, 1.0, 1.0), self.faces[:, ::-1], self.materials)

    def moved(self, offset: ArrayLike) -> "Part":
        """The same part shifted by `offset` (3,)."""
        return Part(self.vertices + np.asarray(offset), self.faces, self.materials)

    def painted(self, material: str, where: NDArray[np.bool_]) -> "Part":
        """The same part with the faces `where` (f,) made of another material."""
        painted = np.where(where, MATERIALS.index(material), self.materials)
        return Part(self.vertices, self.faces, painted.astype(np.uint8))

    def made_of(self, material: str) -> "Part":
        """The same part all of one material."""
        return self.painted(material, np.ones(len(self.faces), dtype=bool))

    @property
    def centroids(self) -> NDArray[np.float64]:
        """(f, 3) centres of the faces."""
        return self.vertices[self.faces].mean(axis=1)


def loft(rings: ArrayLike, material: str = "paint") -> Part:
    """Skin `rings` (n, k, 3) in order, close both ends with a fan, and orient the result outwards."""
    grid = np.asarray(rings, dtype=np.float64)
    n, k, _ = grid.shape
    vertices = np.concatenate([grid.reshape(-1, 3), grid[[0, -1]].mean(axis=1)])
    i, j = np.meshgrid(np.arange(n - 1), np.arange(k), indexing="ij")
    a, b = (i * k + j).ravel(), (i * k + (j + 1) % k).ravel()
    rim = np.arange(k)
    last = (n - 1) * k + rim
    faces = np.concatenate(
        [
            np.stack([a, b, a + k], axis=1),
            np.stack([b, b + k, a + k], axis=1),
            np.stack([np.full(k, n * k), np.roll(rim, -1), rim], axis=1),
            np.stack([np.full(k, n * k + 1), last, np.roll(last, -1)], axis=1),
        ]
    )
    corner = vertices[faces]
    volume = np.einsum("fi,fi->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2]))
    faces = faces if volume > 0 else faces[:, ::-1]
    return Part(vertices, faces, np.full(len(faces), MATERIALS.index(material), dtype=np.uint8))


def superellipse(roundness: float, count: int) -> NDArray[np.float64]:
    """Unit closed curve |x|^n + |y|^n = 1 as (count, 2): 2 is a circle, 4 a rounded box, 1 a diamond."""
    angle = (np.arange(count) + 0.5) * (2 * np.pi / count)
    curve = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.sign(curve) * np.abs(curve) ** (2.0 / roundness)


def body(
    s: NDArray[np.float64],
    half_width: NDArray[np.float64],
    half_height: NDArray[np.float64],
    centre: NDArray[np.float64] | float = 0.0,
    roundness: float = 2.0,
    x: float = 0.0,
    count: int = 28,
    material: str = "paint",
) -> Part:
    """Loft superellipses across stations `s` (n,) behind the nose; `centre` (n,) is their height."""
    section = superellipse(roundness, count)
    centres = np.broadcast_to(centre, s.shape)
    rings = np.empty((len(s), count, 3))
    rings[..., 0] = x + half_width[:, None] * section[:, 0]
    rings[..., 1] = centres[:, None] + half_height[:, None] * section[:, 1]
    rings[..., 2] = -s[:, None]
    return loft(rings, material)


def spindle(
    start: float, end: float, radius: float, x: float = 0.0, y: float = 0.0, **options: float
) -> Part:
    """A streamlined round body from `start` to `end` behind the nose, such as a tank or a float.

    Options: `fullness` (0.5 an ellipse, smaller is boxier), `slender` (where it is thickest, 0..1), `flat`.
    """
    fullness, slender = options.get("fullness", 0.5), options.get("slender", 0.4)
    u = 0.5 - 0.5 * np.cos(np.linspace(0.04, 0.96, 14) * np.pi)
    w = np.where(u < slender, u / slender, (1 - u) / (1 - slender))
    profile = radius * np.clip(1 - (1 - w) ** 2, 1e-4, 1) ** fullness
    return body(start + (end - start) * u, profile, profile * options.get("flat", 1.0), y, x=x, count=16)


def tube(start: ArrayLike, end: ArrayLike, radius: float, material: str = "metal", sides: int = 8) -> Part:
    """A straight round bar between two points (3,)."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    axis = (b - a) / np.linalg.norm(b - a)
    helper = np.eye(3)[np.argmin(np.abs(axis))]
    u = np.cross(axis, helper)
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    angle = (np.arange(sides) + 0.5) * (2 * np.pi / sides)
    ring = radius * (np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v)
    return loft([ring + a, ring + b], material)


def disc(
    centre: ArrayLike, radius: float, thickness: float, axis: int, material: str, sides: int = 28
) -> Part:
    """A flat cylinder, such as a wheel (axis 0) or a propeller's disc (axis 2), its rim slightly rounded."""
    middle = np.asarray(centre, dtype=np.float64)
    along = np.eye(3)[axis] * (thickness / 2)
    angle = np.arange(sides) * (2 * np.pi / sides)
    circle = np.zeros((sides, 3))
    circle[:, (axis + 1) % 3], circle[:, (axis + 2) % 3] = np.cos(angle), np.sin(angle)
    rings = [circle * radius * r + along * t + middle for r, t in ((0.9, -1), (1, -0.5), (1, 0.5), (0.9, 1))]
    return loft(rings, material)


def airfoil(count: int = 11) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chordwise positions (0 nose, 1 tail) and half-thickness per unit thickness ratio of a closed loop.

    The thickness is that of the NACA four-digit series (Jacobs, NACA report 460, 1933), with a blunt
    trailing edge a tenth as thick as the middle. Both (2 * count - 1,).
    """
    x = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count))
    naca = 5 * (0.2969 * np.sqrt(x) - 0.1260 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1036 * x**4)
    half = np.maximum(naca, 0.05 * np.minimum(1, x / 0.3))
    return np.concatenate([x[::-1], x[1:]]), np.concatenate([half[::-1], -half[1:]])


def lifting_surface(
    points: NDArray[np.float64],
    chords: NDArray[np.float64],
    thickness: NDArray[np.float64],
    normals: NDArray[np.float64],
    material: str = "paint",
    camber: float = 0.0,
) -> Part:
    """Loft airfoils along leading-edge `points` (n, 3); chords run aft, `thickness` (n,) is absolute."""
    x, half = airfoil()
    bend = camber * 4 * x * (1 - x)
    rings = np.repeat(points[:, None], len(x), axis=1)
    rings[..., 2] -= chords[:, None] * x
    rings += normals[:, None] * (thickness[:, None] * half + chords[:, None] * bend)[..., None]
    return loft(rings, material)
