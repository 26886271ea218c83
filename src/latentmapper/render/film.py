"""Meshes as moving pictures, all through one camera."""

import io
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.render.clay import clay
from latentmapper.render.raycast import Scene
from latentmapper.render.sampling import sample
from latentmapper.render.shading import to_srgb
from latentmapper.shapes.mesh import Mesh

CAMERA = Camera(azimuth=50.0, elevation=18.0, distance=5.0, fov=25.0)
"""The whole unit sphere fits in."""
_SKY = np.array([0.30, 0.33, 0.38], np.float32)
_PAPER = np.array([0.82, 0.83, 0.84], np.float32)
COLOURS = 64


def pictures(meshes: Iterable[Mesh], size: int = 320) -> Iterator[NDArray[np.uint8]]:
    """(size, size, 3) RGB pictures of meshes, canonical frame, one at a time."""
    for mesh in meshes:
        samples = sample(Scene(mesh.vertices, mesh.faces), CAMERA, (size, size))
        color = samples.picture(clay(samples, CAMERA, _SKY))
        picture = color + (1 - samples.coverage()[..., None]) * _PAPER
        yield np.round(to_srgb(picture) * 255).astype(np.uint8)


def gif_bytes(frames: Iterable[NDArray[np.uint8]], seconds: float) -> bytes:
    """A GIF that runs through pictures of one size over and over.

    Parameters
    ----------
    frames : (h, w, 3) each, two or more.
    seconds : how long one run takes, up to 655; a frame lasts a whole number of hundredths, two at least.
    """
    from PIL import Image

    images = [Image.fromarray(frame).quantize(COLOURS, dither=Image.Dither.NONE) for frame in frames]
    # Each ends at the hundredth that is nearest to its end, so that all of them take their time.
    ends = np.rint(np.linspace(0, 100 * seconds, len(images) + 1)).astype(int)
    durations = [10 * max(2, lasts) for lasts in np.diff(ends).tolist()]
    out = io.BytesIO()
    first, *rest = images
    first.save(out, "GIF", save_all=True, append_images=rest, duration=durations, loop=0)
    return out.getvalue()
