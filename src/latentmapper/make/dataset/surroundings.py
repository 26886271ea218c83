"""The picture behind the subject, with the shadow that the subject casts on it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset import backgrounds
from latentmapper.make.dataset.lighting import Sky
from latentmapper.make.dataset.outdoors import Ground, paint_ground, paint_horizon, paint_sky
from latentmapper.make.dataset.street import paint_street, shade_of_trees
from latentmapper.make.dataset.subject import Subject
from latentmapper.render.camera import Camera

Picture = NDArray[np.float32]

_SHADOW_REACH = 2.5
"""How far from the axis the ground is looked at for the sun's shadow, canonical units."""


@dataclass(frozen=True)
class Surroundings:
    """What is around the subject."""

    kind: str
    """plain, outdoors, street, clutter or photo."""
    flying: bool
    """Whether the ground is far below."""
    photos: Path | None = None
    """The folder that photo patches come from."""


def background(
    subject: Subject,
    camera: Camera,
    size: tuple[int, int],
    around: Surroundings,
    ground: Ground,
    sky: Sky,
    rng: Generator,
) -> Picture:
    """(h, w, 3) linear RGB behind the subject."""
    if around.kind == "photo" and around.photos:
        return backgrounds.photo_patch(around.photos, size, rng)
    if around.kind == "clutter":
        return backgrounds.clutter(size, rng)
    if around.kind == "plain":
        picture = backgrounds.plain(size, rng)
        if not around.flying and rng.random() < 0.7:
            _cast_shadow(picture, subject, camera, ground, sky)
        return picture
    if around.flying and rng.random() < 0.75:
        lift = max(0.0, np.sin(np.radians(camera.elevation))) + rng.uniform(0.1, 0.5)
        return paint_sky(camera.rays(size)[1], sky, lift, rng).reshape(*size, 3)
    picture = _landscape(camera, size, ground, sky, around.flying, rng)
    if around.kind == "street":
        _line_street(picture, subject, camera, ground, sky, rng)
    if not around.flying:
        _cast_shadow(picture, subject, camera, ground, sky)
    return picture


def _line_street(
    picture: Picture, subject: Subject, camera: Camera, ground: Ground, sky: Sky, rng: Generator
) -> None:
    """Houses and trees close behind the subject, and shade of trees on the ground."""
    rays = camera.rays(picture.shape[:2])
    colors = picture.reshape(-1, 3)
    if rng.random() < 0.5:
        below, points = _on_ground(*rays, ground)
        colors[below] *= shade_of_trees(points, rng)
    half_size = np.maximum(np.abs(subject.low), np.abs(subject.high))
    paint_street(colors, rays, half_size, ground.height, sky, rng)


def _landscape(
    camera: Camera, size: tuple[int, int], ground: Ground, sky: Sky, far: bool, rng: Generator
) -> Picture:
    """Sky above, ground below, and what stands between where the ground is not far off."""
    origins, rays = camera.rays(size)
    below, points = _on_ground(origins, rays, ground)
    above = np.ones(len(rays), bool)
    above[below] = False
    beyond = paint_sky(rays[above], sky, 0.0, rng)
    if not far and rng.random() < 0.85:
        paint_horizon(beyond, rays[above], sky, rng)
    picture = np.empty((len(rays), 3), np.float32)
    picture[above] = beyond
    picture[below] = paint_ground(points, origins[0], sky, ground, rng)
    return picture.reshape(*size, 3)


def _on_ground(
    origins: NDArray[np.float32], rays: NDArray[np.float32], ground: Ground
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Indices of the rays that meet the ground, and the points (n, 3) where."""
    drop = ground.height - float(origins[0, 1])
    below = np.flatnonzero(rays[:, 1] < -0.004) if drop < 0 else np.zeros(0, np.int64)
    reach = np.float32(drop) / rays[below, 1]
    return below, origins[below] + rays[below] * reach[:, None]


def _cast_shadow(picture: Picture, subject: Subject, camera: Camera, ground: Ground, sky: Sky) -> None:
    """Darken the ground where the subject stands in the way of sun and sky."""
    below, points = _on_ground(*camera.rays(picture.shape[:2]), ground)
    near = np.hypot(points[:, 0], points[:, 2]) < _SHADOW_REACH
    below, points = below[near], points[near]
    sunlight = sky.sunlight * max(float(sky.sun[1]), 0)
    ambient = 0.55 * sky.zenith + 0.45 * sky.horizon
    reached = np.ones(len(points), bool)
    if sky.sunlight.max() > 0.1:
        reached = ~subject.scene.occluded(points, sky.sun)
    light = 0.12 + 0.88 * subject.floor_light(points)
    share = (reached[:, None] * sunlight + light[:, None] * ambient) / (sunlight + ambient)
    picture.reshape(-1, 3)[below] *= share.astype(np.float32)
