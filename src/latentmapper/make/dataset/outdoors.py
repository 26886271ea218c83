"""Out of doors: a sky with clouds, trees and houses along the horizon, and the ground."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.lighting import Color, Sky, rgb
from latentmapper.make.dataset.textures import fractal, lookup, smoothstep

Colors = NDArray[np.float32]

# sRGB of asphalt, concrete, grass, sand and snow, and how often each is the ground.
_GROUNDS = np.array(
    [(0.33, 0.33, 0.34), (0.58, 0.57, 0.54), (0.33, 0.42, 0.18), (0.66, 0.57, 0.42), (0.9, 0.91, 0.93)]
)
_GROUND_SHARES = (0.42, 0.2, 0.25, 0.09, 0.04)


@dataclass(frozen=True)
class Ground:
    """The plane that the subject stands on or flies over."""

    height: float
    """y of the plane, canonical units."""
    albedo: Color
    """(3,) linear RGB."""
    roughness: float
    """Of its noise, see `fractal`."""
    contrast: float
    """Of its noise."""
    lines: bool
    """Whether lines are painted on it."""


def random_ground(height: float, rng: Generator) -> Ground:
    """Asphalt, concrete, grass, sand or snow."""
    kind = rng.choice(len(_GROUNDS), p=_GROUND_SHARES)
    contrast = rng.uniform(0.4, 1.0) if kind == 2 else rng.uniform(0.05, 0.5)
    lines = bool(kind < 2 and rng.random() < 0.4)
    return Ground(height, _ground_color(kind, rng), float(rng.choice([0.5, 1.0, 1.5])), contrast, lines)


def _ground_color(kind: int, rng: Generator) -> Color:
    tint = _GROUNDS[kind] * rng.uniform(0.7, 1.2) + rng.normal(0, 0.02, 3)
    return rgb(*np.clip(tint, 0.03, 0.97))


def paint_sky(directions: NDArray[np.float32], sky: Sky, lift: float, rng: Generator) -> Colors:
    """(n, 3) linear RGB of the sky in unit directions (n, 3), seen `lift` higher than they point."""
    height = directions[:, 1] + np.float32(lift)
    climb = np.minimum(np.sqrt(np.maximum(height, 0)) * np.float32(rng.uniform(1.0, 2.2)), 1)[..., None]
    picture = sky.horizon + climb * (sky.zenith - sky.horizon)
    if rng.random() < 0.6:
        cover, scale, soft = rng.uniform(0.1, 0.9), rng.uniform(0.15, 0.5), rng.uniform(0.2, 0.9)
        along = np.arctan2(directions[:, 0], directions[:, 2]) * np.float32(scale)
        noise = lookup(fractal(2.0, 2), along + sky.offset[0], height * (2 * scale) + sky.offset[1])
        cloud = smoothstep(1 - cover, 1 - cover + soft, noise)[..., None] * np.float32(rng.uniform(0.3, 1))
        picture = picture + cloud * (rgb(0.93, 0.93, 0.94) * rng.uniform(0.6, 1.2) - picture)
    return picture.astype(np.float32)


def paint_horizon(colors: Colors, directions: NDArray[np.float32], sky: Sky, rng: Generator) -> None:
    """Put trees, hills or buildings, or a wall close by, before the sky's colors (n, 3)."""
    around = np.arctan2(directions[:, 0], directions[:, 2]) / np.float32(2 * np.pi)
    height = directions[:, 1]
    for row in range(rng.integers(1, 3)):
        built = rng.random() < 0.4
        top = rng.uniform(0.02, 0.22) * rng.choice([1, 2.5, 12], p=[0.65, 0.25, 0.1])
        profile = fractal(0.0 if built else rng.choice([1.0, 1.5, 2.0]), 7 + row)[rng.integers(512)]
        steps = rng.integers(20, 120) if built else 512 * rng.integers(1, 5)
        inside = height < top * (0.4 + 0.6 * profile[(around * steps).astype(np.int32) & 511])
        grain = lookup(fractal(1.0, 4), around * rng.integers(3, 9), height * rng.uniform(1, 3))[inside]
        light = sky.ambient(np.array([[0, 0.3, 1]], np.float32))[0] + 0.3 * sky.sunlight
        wall = _wall_color(built, rng) * light * (0.5 + grain)[:, None]
        if built:
            wall *= _panes(around[inside], height[inside], rng)[:, None]
        haze = rng.uniform(0, 0.5)
        colors[inside] = (1 - haze) * wall + haze * sky.horizon


def _wall_color(built: bool, rng: Generator) -> Color:
    if built:
        return rgb(*np.clip(rng.uniform(0.2, 0.8) + rng.normal(0, 0.06, 3), 0.05, 0.95))
    return rgb(*rng.uniform([0.12, 0.18, 0.08], [0.42, 0.46, 0.32]))


def _panes(around: NDArray[np.floating], height: NDArray[np.floating], rng: Generator) -> NDArray[np.float32]:
    """(n,) factors that darken the windows of buildings."""
    across, up = np.mod(around * rng.uniform(60, 300), 1), np.mod(height * rng.uniform(15, 60), 1)
    return np.where((across < 0.55) & (up < 0.6), rng.uniform(0.3, 0.9), 1.0).astype(np.float32)


def paint_ground(
    points: NDArray[np.float32], eye: NDArray[np.float32], sky: Sky, ground: Ground, rng: Generator
) -> Colors:
    """(n, 3) linear RGB of points (n, 3) of the ground in full light; patterns grow with the eye's height."""
    level = max(float(eye[1]) - ground.height, 0.5) / 2
    distance = np.sqrt(np.square(points - eye).sum(axis=1)) / np.float32(level)
    x, z = points[:, 0] / level, points[:, 2] / level
    scale, shift = rng.uniform(0.2, 0.8), rng.random(2)
    noise = lookup(fractal(ground.roughness, 6), x * scale + shift[0], z * scale + shift[1])
    drift = lookup(fractal(2.0, 8), x * 0.06 + shift[1], z * 0.06 + shift[0])
    albedo = np.empty((len(points), 3), np.float32)
    albedo[:] = ground.albedo
    _lay_strips(albedo, x, z, ground.lines, rng)
    albedo *= (1 + ground.contrast * ((noise - 0.5) * np.exp(-distance / 12) + 0.7 * (drift - 0.5)))[:, None]
    light = sky.sunlight * max(float(sky.sun[1]), 0) + 0.55 * sky.zenith + 0.45 * sky.horizon
    haze = 0.6 * (1 - np.exp(-distance / 60))[:, None]
    return (albedo * light * (1 - haze) + haze * sky.horizon).astype(np.float32)


def _lay_strips(
    albedo: NDArray[np.float32], x: NDArray[np.float32], z: NDArray[np.float32], lines: bool, rng: Generator
) -> None:
    """Verges and pavements as straight strips, and painted lines."""
    angle = rng.uniform(0, np.pi)
    across = x * np.float32(np.cos(angle)) + z * np.float32(np.sin(angle))
    for _ in range(rng.integers(0, 3)):
        start, side = rng.uniform(0.7, 4), rng.choice([-1, 1])
        strip = across * side > start
        albedo[strip] = _ground_color(rng.choice(len(_GROUNDS), p=_GROUND_SHARES), rng)
    if lines:
        period, width = rng.uniform(1.0, 4.0), rng.uniform(0.03, 0.08)
        painted = np.mod(across / period + rng.random(), 1) < width / period
        albedo[painted] = rgb(*rng.choice(np.array([[0.85, 0.85, 0.85], [0.8, 0.65, 0.15]])))
