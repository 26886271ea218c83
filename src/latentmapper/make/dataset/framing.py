"""Where the photographer stands and what the frame holds."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from latentmapper.make.dataset.subject import Subject
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.render.camera import Camera

SIZE = 224
"""Side of a view in pixels."""
MARGIN = 1.25
"""Height of a picture over a sphere about the shape, for a camera that stands still."""


@dataclass(frozen=True)
class Frame:
    """A camera and the photo's place in the view, which is a square unless its size is given."""

    camera: Camera
    height: int
    """Rows of the photo, at most the view's; the rest is padding, half above and half below."""
    width: int
    """Columns of the photo."""
    whole: tuple[int, int] = (SIZE, SIZE)
    """Height and width of the view."""

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the photo in the view."""
        top, left = (self.whole[0] - self.height) // 2, (self.whole[1] - self.width) // 2
        return slice(top, top + self.height), slice(left, left + self.width)


def random_frame(subject: Subject, rng: Generator, recipe: ViewRecipe, flying: bool) -> Frame:
    """A camera anywhere around the subject, by real lenses, with the subject large in the frame."""
    azimuth, elevation = rng.uniform(0, 360), _elevation(rng, recipe, flying)
    focal = np.exp(rng.uniform(*np.log(recipe.focal)))
    fov = float(np.degrees(2 * np.arctan(18 / focal)))
    roll = rng.normal(0, recipe.roll) + (rng.normal(0, 9) if flying else 0)
    camera = Camera(float(azimuth), elevation, 3.0, fov, float(roll))
    height, width = _format(subject, camera, rng, recipe)
    fill = recipe.fill[0] + (recipe.fill[1] - recipe.fill[0]) * rng.beta(2.2, 1.2)
    return place(subject, camera, height, width, fill, rng, rng.random() < recipe.cut)


def still_frame(yaw: float, rng: Generator, recipe: ViewRecipe) -> Frame:
    """A camera that stands still before a shape turned by `yaw` degrees about +Y; zoom and rotation vary.

    Turning the shape is the same as going around it the other way. Its distance depends on the lens alone: a
    sphere of radius 1 fits into the picture, so the shape keeps its size from view to view but for the zoom.
    """
    height, width = recipe.size
    slope = 18 / rng.uniform(*recipe.focal)
    distance = MARGIN / np.sin(np.arctan(slope * height / max(height, width)))
    zoom = np.exp(rng.uniform(*np.log(recipe.zoom)))
    fov = np.degrees(2 * np.arctan(slope / zoom))
    roll = rng.uniform(-recipe.rotation, recipe.rotation)
    elevation = rng.uniform(*recipe.elevations)
    camera = Camera(float(-yaw % 360), float(elevation), float(distance), float(fov), float(roll))
    return Frame(camera, height, width, (height, width))


def _elevation(rng: Generator, recipe: ViewRecipe, flying: bool) -> float:
    low, high = recipe.elevations
    usual = rng.normal(-4, 12) if flying else rng.normal(9, 7)
    return float(np.clip(usual, low, high) if rng.random() < 0.6 else rng.uniform(low, high))


def _format(subject: Subject, camera: Camera, rng: Generator, recipe: ViewRecipe) -> tuple[int, int]:
    """Height and width of the photo: square, a usual format, or cut closely around the subject."""
    if rng.random() >= recipe.letterbox:
        return SIZE, SIZE
    if rng.random() < 0.5:
        aspect = rng.choice([4 / 3, 3 / 2, 16 / 9, 3 / 4, 2.2], p=[0.3, 0.4, 0.15, 0.05, 0.1])
    else:
        points, _ = camera.project(subject.outline, (SIZE, SIZE))
        aspect = np.divide(*np.ptp(points, axis=0)) * rng.uniform(0.8, 1.25)
    aspect = float(np.clip(aspect, 0.6, 2.6))
    return max(64, round(SIZE / max(aspect, 1))), max(64, round(SIZE * min(aspect, 1)))


def place(
    subject: Subject, camera: Camera, height: int, width: int, fill: float, rng: Generator, cut: bool
) -> Frame:
    """Step back or closer until the subject takes `fill` of the frame, then point off its centre.

    Where even the closest step is too far off, the lens gets longer instead.
    """
    half = np.array([width, height]) / SIZE
    for _ in range(4):
        low, high = _extent(subject, camera)
        share = float(((high - low) / 2 / half).max()) / fill
        camera = replace(camera, distance=max(1.25, camera.distance * share))
    low, high = _extent(subject, camera)
    share = float(((high - low) / 2 / half).max()) / fill
    slope = np.tan(np.radians(camera.fov) / 2) * share
    camera = replace(camera, fov=float(np.degrees(2 * np.arctan(slope))))
    low, high = _extent(subject, camera)
    slack = np.maximum(half - (high - low) / 2, 0) + (0.22 * (high - low) / 2 if cut else 0)
    x, y = -(low + high) / 2 + slack * np.clip(rng.normal(0, 0.45, 2), -1, 1)
    return Frame(replace(camera, shift=(float(x), float(y))), height, width)


def _extent(subject: Subject, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Lower left and upper right corner of the subject, in halves of the square, y upwards."""
    points, _ = camera.project(subject.outline, (2, 2))
    offset = (points - 1) * [1, -1]
    return offset.min(axis=0), offset.max(axis=0)
