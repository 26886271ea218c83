"""A photo with the outline of its mesh on it: where the mesh lies, as the view and the object's box tell."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.render.raycast import Scene
from latentmapper.render.sampling import sample
from latentmapper.view import View

DISTANCE = 3.8
"""Of the eye, canonical units: about two lengths of the object, as photographs are taken. It decides how much
larger near parts look; the lens follows from the object's size in the photo."""
ROUNDS = 4
"""Times that size and place are corrected; perspective makes one too few."""
AT_EDGE = 0.01
"""Share of the photo within which a box that ends there may be cut by its edge."""
LINE = (1.0, 0.45, 0.1)
HALO = (0.05, 0.05, 0.05)
THICK = 260
"""Part of the photo's longer side that the line is wide."""


def camera_for(
    vertices: NDArray[np.floating],
    view: View,
    box: tuple[float, float, float, float],
    size: tuple[int, int],
) -> Camera:
    """The camera from a view's direction that shows a mesh where a box is.

    Parameters
    ----------
    vertices : (v, 3) canonical frame.
    box : top, left, bottom, right of the object, in heights and widths of the photo.
    size : height and width of the photo, pixels.
    """
    low, high = np.asarray(vertices).min(0), np.asarray(vertices).max(0)
    x, y, z = (float(value) for value in (low + high) / 2)
    camera = Camera(view.azimuth, view.elevation, DISTANCE, 30.0, view.roll, target=(x, y, z))
    ends = np.array([[box[1], box[0]], [box[3], box[2]]])
    told = _told(ends)
    wanted = ends * size[::-1]
    whole = told.all(axis=0) if told.all(axis=0).any() else np.ones(2, bool)
    for _ in range(ROUNDS):
        # One factor for both directions: that which errs alike in width and height.
        ratios = np.ptp(_extent(camera, vertices, size), axis=0) / np.maximum(np.ptp(wanted, axis=0), 1.0)
        slope = np.tan(np.radians(camera.fov) / 2) * np.exp(np.log(ratios[whole]).mean())
        camera = replace(camera, fov=float(np.degrees(2 * np.arctan(slope))))
        apart = (wanted - _extent(camera, vertices, size)) / (max(size) / 2)
        across, down = np.average(apart, axis=0, weights=np.where(told.any(axis=0), told, 1.0))
        camera = replace(camera, shift=(camera.shift[0] + float(across), camera.shift[1] - float(down)))
    return camera


def _told(ends: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(2, 2) which ends of a box (low and high by across and down, 0..1) are the object's own.

    Where the box ends at the photo's edge, the object may go on beyond it.
    """
    return np.stack([ends[0] > AT_EDGE, ends[1] < 1 - AT_EDGE])


def _extent(camera: Camera, vertices: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float64]:
    """(2, 2) where a mesh begins and ends in a picture: low and high by across and down, pixels."""
    points, _ = camera.project(vertices, size)
    return np.stack([points.min(axis=0), points.max(axis=0)])


def silhouette(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], camera: Camera, size: tuple[int, int]
) -> NDArray[np.float32]:
    """(h, w) how much of each pixel a mesh covers, 0 to 1."""
    return sample(Scene(vertices, faces), camera, size).coverage()


def overlay(photo: NDArray[np.floating], coverage: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A photo with a line around what is covered.

    Parameters
    ----------
    photo : (h, w, 3) RGB 0..1.
    coverage : (h, w) 0..1.

    Returns
    -------
    (h, w, 3) uint8 RGB
    """
    from scipy.ndimage import distance_transform_edt

    on = coverage > 0.5
    if on.all() or not on.any():
        return np.round(np.clip(photo, 0, 1) * 255).astype(np.uint8)
    # Beyond the photo there is nothing: a line along its edge would tell of no outline.
    wide = np.pad(on, 1, mode="edge")
    inside, outside = (np.asarray(distance_transform_edt(part)) for part in (wide, ~wide))
    apart = np.where(wide, inside - 0.5, outside - 0.5)[1:-1, 1:-1]
    half = max(1.0, max(on.shape) / THICK / 2)
    drawn = np.clip(photo, 0, 1).astype(np.float32)
    for colour, reach in ((HALO, half + 1.0), (LINE, half)):
        share = np.clip(reach - apart + 0.5, 0, 1)[..., None].astype(np.float32)
        drawn = drawn * (1 - share) + np.asarray(colour, np.float32) * share
    return np.round(drawn * 255).astype(np.uint8)
