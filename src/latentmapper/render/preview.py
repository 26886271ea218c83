"""A photo beside four shaded views of its mesh: what a person looks at to judge a reconstruction."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.render.clay import clay
from latentmapper.render.raycast import Scene
from latentmapper.render.sampling import Samples, sample
from latentmapper.render.shading import dome, openness, to_srgb

VIEWS = ((35.0, 18.0), (90.0, 4.0), (215.0, 18.0), (35.0, 62.0))
"""Azimuth and elevation of the four views: front quarter, left side, rear quarter, from above."""

_SKY = np.array([0.38, 0.42, 0.48], np.float32)
_PAPER = (np.array([0.86, 0.87, 0.88], np.float32), np.array([0.70, 0.71, 0.72], np.float32))
_GROUND_CELLS = 48
_GROUND_REACH = 1.6


def preview(
    photo: NDArray | None, vertices: NDArray[np.floating], faces: NDArray[np.integer], size: int = 256
) -> NDArray[np.uint8]:
    """A strip of square tiles: the photo, where there is one, then four views of the mesh.

    Parameters
    ----------
    photo : (h, w, 3) RGB, uint8 or float 0..1, or None; fitted into a square
    vertices, faces : (v, 3) canonical frame, (f, 3)
    size : side of one tile in pixels

    Returns
    -------
    (size, n * size, 3) uint8 RGB, n = 5 with the photo and 4 without

    Raises
    ------
    MeshError : the mesh has no faces or is not finite
    """
    studio = Studio(vertices, faces)
    tiles = [studio.view(azimuth, elevation, size) for azimuth, elevation in VIEWS]
    if photo is not None:
        tiles.insert(0, fit(photo, size))
    return np.concatenate(tiles, axis=1)


def fit(photo: NDArray, size: int) -> NDArray[np.uint8]:
    """A photo (h, w, 3), uint8 or float 0..1, centred on a light square of `size` pixels."""
    from PIL import Image

    pixels = photo if photo.dtype == np.uint8 else np.round(np.clip(photo, 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(pixels)
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    scale = size / max(image.size)
    if scale > 1:
        image = image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BICUBIC)
    tile = Image.new("RGB", (size, size), (232, 233, 234))
    tile.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return np.asarray(tile)


@dataclass(frozen=True)
class Studio:
    """A mesh on a light floor under a soft key light, a fill light and a dome of sky.

    The light of the dome and the floor's shadow are found once and serve every view.
    """

    vertices: NDArray[np.floating]
    """(v, 3) canonical frame."""
    faces: NDArray[np.integer]
    """(f, 3)."""
    oriented: bool = True
    """Whether faces turn counter-clockwise seen from outside; meshes as they are found often do not."""

    @cached_property
    def scene(self) -> Scene:
        """The mesh made ready for rays."""
        return Scene(self.vertices, self.faces)

    def view(self, azimuth: float, elevation: float, size: int) -> NDArray[np.uint8]:
        """(size, size, 3) uint8: the mesh from one side; degrees."""
        camera = self._camera(azimuth, elevation, size)
        samples = sample(self.scene, camera, (size, size))
        weights = samples.hits.barycentric[..., None]
        openness_ = (self._corner_openness[samples.hits.face][..., None] * weights).sum(axis=1)
        # What the sky cannot reach gets little of the soft key light either.
        shadow = 0.35 + 0.65 * openness_
        color = clay(samples, camera, _SKY * openness_ / shadow) * shadow
        return self._finish(samples, color, camera)

    def _finish(self, samples: Samples, color: NDArray, camera: Camera) -> NDArray[np.uint8]:
        paper = self._paper(camera, samples.size)
        picture = samples.picture(color) + (1 - samples.coverage()[..., None]) * paper
        return np.round(to_srgb(picture) * 255).astype(np.uint8)

    def _camera(self, azimuth: float, elevation: float, size: int) -> Camera:
        """A long lens that shows the whole mesh, centred, with a margin."""
        low, high = np.min(self.vertices, axis=0), np.max(self.vertices, axis=0)
        x, y, z = (float(value) for value in (low + high) / 2)
        target = (x, y, z)
        wide = Camera(azimuth, elevation, 5.0, 30.0, target=target)
        points = wide.project(self.vertices, (size, size))[0]
        reach = np.abs(points - size / 2).max() / (size / 2)
        slope = np.tan(np.radians(15.0)) * reach / 0.88
        centre = (points.min(axis=0) + points.max(axis=0)) / size - 1
        fov = float(np.degrees(2 * np.arctan(slope)))
        shift = -centre * 0.88 / reach * [1, -1]
        return Camera(azimuth, elevation, 5.0, fov, 0.0, (float(shift[0]), float(shift[1])), target)

    @cached_property
    def _corner_openness(self) -> NDArray[np.float32]:
        """(f, 3) light of the sky dome at each corner."""
        vertices, faces = self.scene.vertices, self.scene.faces
        normals = np.zeros_like(vertices)
        normals[faces.ravel()] = self.scene.normals.reshape(-1, 3)
        count = int(np.clip(400_000 / len(vertices), 8, 40))
        sky = dome(count, lowest=-0.3)
        light = openness(self.scene, vertices, normals, sky)
        if not self.oriented:
            light = np.maximum(light, openness(self.scene, vertices, -normals, sky))
        return light[faces]

    @cached_property
    def _floor_shadow(self) -> NDArray[np.float32]:
        """(n, n) openness of a square of floor under the mesh, rows along z and columns along x."""
        line = np.linspace(-_GROUND_REACH, _GROUND_REACH, _GROUND_CELLS, dtype=np.float32)
        z, x = np.meshgrid(line, line, indexing="ij")
        points = np.stack([x, np.full_like(x, self._floor), z], axis=-1).reshape(-1, 3)
        up = np.broadcast_to(np.array([0, 1, 0], np.float32), points.shape)
        return openness(self.scene, points, up, dome(20, lowest=0.15)).reshape(x.shape)

    @property
    def _floor(self) -> float:
        return float(np.min(self.vertices[:, 1])) - 0.004

    def _paper(self, camera: Camera, size: tuple[int, int]) -> NDArray[np.float32]:
        """(h, w, 3) linear RGB: a light backdrop with the mesh's soft shadow on it."""
        from scipy.ndimage import gaussian_filter, map_coordinates

        ramp = np.linspace(0, 1, size[0], dtype=np.float32)[:, None, None]
        paper = np.broadcast_to((1 - ramp) * _PAPER[0] + ramp * _PAPER[1], (*size, 3)).copy()
        origins, directions = camera.rays(size)
        down = np.flatnonzero(directions[:, 1] < -1e-3)
        distance = (self._floor - origins[down, 1]) / directions[down, 1]
        floor = origins[down] + directions[down] * distance[:, None]
        cells = (floor[:, [2, 0]] + _GROUND_REACH) * ((_GROUND_CELLS - 1) / (2 * _GROUND_REACH))
        smooth = gaussian_filter(self._floor_shadow, 0.8)
        light = map_coordinates(smooth, cells.T, order=1, mode="constant", cval=1.0)
        paper.reshape(-1, 3)[down] *= (0.3 + 0.7 * light)[:, None].astype(np.float32)
        return paper.astype(np.float32)
