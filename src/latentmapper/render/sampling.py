"""Antialiasing: one sample a pixel, four where an edge passes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.render.raycast import Hits, Scene


@dataclass(frozen=True)
class Samples:
    """The hits of a picture, flat, each with the pixel and the share of it that it stands for."""

    size: tuple[int, int]
    """Height and width of the picture in pixels."""
    pixel: NDArray[np.int64]
    """(n,) index of the pixel, row by row."""
    weight: NDArray[np.float32]
    """(n,) share of the pixel, 1 or 1/4."""
    hits: Hits
    """What was met: every sample is a hit."""
    position: NDArray[np.float32]
    """(n, 3) where, canonical frame."""
    direction: NDArray[np.float32]
    """(n, 3) unit vectors from the eye."""

    def picture(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Sum (n, c) values into a (h, w, c) picture; where nothing was met it is 0."""
        total = self.size[0] * self.size[1]
        planes = [np.bincount(self.pixel, self.weight * column, minlength=total) for column in values.T]
        return np.stack(planes, axis=-1).reshape(*self.size, -1).astype(np.float32)

    def coverage(self) -> NDArray[np.float32]:
        """(h, w) how much of each pixel the object fills, 0 to 1."""
        return self.picture(np.ones((len(self.pixel), 1), np.float32))[..., 0]


# The rotated 2 x 2 grid: four samples that differ in both directions.
_GRID = np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]], np.float32)


def sample(
    scene: Scene, camera: Camera, size: tuple[int, int], labels: NDArray[np.integer] | None = None
) -> Samples:
    """Cast the rays of a picture, with four rays in each pixel that an edge passes.

    An edge is where the outline, the label of the face (labels : (f,), for instance its material) or
    the direction of the surface changes.
    """
    pixels = _window(scene, camera, size)
    rows, columns = np.divmod(pixels, size[1])
    corner = np.stack([columns, rows], axis=1).astype(np.float32)
    origins, directions = camera.rays_through(corner + 0.5, size)
    hits = scene.hits(origins, directions)
    edge = _edges(hits, pixels, size, labels)[pixels]
    fine_pixels = np.repeat(pixels[edge], 4)
    fine = np.tile(_GRID, (int(edge.sum()), 1)) + np.repeat(corner[edge], 4, axis=0)
    fine_origins, fine_directions = camera.rays_through(fine, size)
    fine_hits = scene.hits(fine_origins, fine_directions)
    keep, fine_keep = ~edge & (hits.face >= 0), fine_hits.face >= 0

    def both(coarse: NDArray, dense: NDArray) -> NDArray:
        return np.concatenate([coarse[keep], dense[fine_keep]])

    merged = Hits(*(both(getattr(hits, name), getattr(fine_hits, name)) for name in vars(hits)))
    direction = both(directions, fine_directions)
    weight = both(np.ones(len(pixels), np.float32), np.full(len(fine_pixels), 0.25, np.float32))
    position = camera.position.astype(np.float32) + direction * merged.depth[:, None]
    return Samples(size, both(pixels, fine_pixels), weight, merged, position, direction)


def _window(scene: Scene, camera: Camera, size: tuple[int, int]) -> NDArray[np.int64]:
    """Indices of the pixels in the rectangle that holds the object, with a border of 2."""
    points, depth = camera.project(scene.vertices, size)
    if depth.min() < 1e-3:  # the eye is inside the object's bounding sphere: no rectangle to trust
        return np.arange(size[0] * size[1])
    low = np.clip(np.floor(points.min(axis=0)).astype(int) - 2, 0, [size[1], size[0]])
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + 2, 0, [size[1], size[0]])
    return (np.arange(low[1], high[1])[:, None] * size[1] + np.arange(low[0], high[0])).ravel()


def _edges(
    hits: Hits, pixels: NDArray[np.int64], size: tuple[int, int], labels: NDArray[np.integer] | None
) -> NDArray[np.bool_]:
    """(h * w,) whether a pixel differs from one of its four neighbours."""

    def spread(values: NDArray) -> NDArray:
        full = np.zeros((size[0] * size[1], *values.shape[1:]), values.dtype)
        full[pixels] = values
        return full.reshape(*size, *values.shape[1:])

    label = np.where(hits.face >= 0, 1 if labels is None else labels[hits.face] + np.int64(1), 0)
    label, normal, edge = spread(label), spread(hits.normal), np.zeros(size, bool)
    _mark(edge, lambda a, b: label[a] != label[b])
    _mark(edge, lambda a, b: (np.einsum("...d,...d", normal[a], normal[b]) < 0.7) & (label[a] > 0))
    return edge.ravel()


def _mark(edge: NDArray[np.bool_], differs: Callable) -> None:
    for low, high in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        change = differs(low, high)
        edge[low] |= change
        edge[high] |= change
