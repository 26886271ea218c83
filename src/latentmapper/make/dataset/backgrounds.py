"""What is behind the subject: plain paper, sky and ground, clutter, or a patch of a photo."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.errors import UsageError
from latentmapper.make.dataset.lighting import Sky, rgb
from latentmapper.make.dataset.textures import fractal, lookup, smoothstep
from latentmapper.render.shading import to_linear

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Ground:
    """The plane that the subject stands on or flies over."""

    height: float
    """y of the plane, canonical units."""
    albedo: NDArray[np.float32]
    """(3,) linear RGB."""
    roughness: float
    """Of its noise, see `fractal`."""
    contrast: float
    """Of its noise."""
    lines: bool
    """Whether white lines are painted on it."""


def random_ground(height: float, rng: Generator) -> Ground:
    """Asphalt, concrete, grass, sand, snow or a hall's floor."""
    kinds = [
        (0.33, 0.33, 0.34),
        (0.58, 0.57, 0.54),
        (0.33, 0.42, 0.18),
        (0.66, 0.57, 0.42),
        (0.9, 0.91, 0.93),
    ]
    kind = rng.choice(5, p=[0.42, 0.2, 0.25, 0.09, 0.04])
    tint = np.clip(np.array(kinds[kind]) * rng.uniform(0.7, 1.2) + rng.normal(0, 0.02, 3), 0.03, 0.97)
    contrast = rng.uniform(0.4, 1.0) if kind == 2 else rng.uniform(0.05, 0.5)
    return Ground(
        height,
        rgb(*tint),
        float(rng.choice([0.5, 1.0, 1.5])),
        contrast,
        bool(kind < 2 and rng.random() < 0.4),
    )


def plain(size: tuple[int, int], rng: Generator) -> Picture:
    """(h, w, 3) linear RGB: white, grey or coloured paper, flat or fading."""
    first = np.full(3, rng.choice([1.0, rng.uniform(0.05, 0.95)], p=[0.45, 0.55]))
    if rng.random() < 0.25:
        first = rng.uniform(0.1, 0.95, 3)
    second = first * rng.uniform(0.5, 1.0) if rng.random() < 0.5 else first
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    ramp = smoothstep(-1, 1, np.cos(angle) * x + np.sin(angle) * y)[..., None]
    return to_linear((1 - ramp) * first + ramp * second)


def outdoors(
    directions: NDArray[np.float32],
    origin: NDArray[np.float32],
    sky: Sky,
    ground: Ground | None,
    rng: Generator,
) -> tuple[Picture, NDArray[np.float32]]:
    """Sky with clouds, a skyline, and the ground if there is one.

    Parameters
    ----------
    directions : (h, w, 3) unit vectors through the pixels
    origin : (3,) the eye

    Returns
    -------
    picture : (h, w, 3) linear RGB, the ground not yet lit by a shadow
    on_ground : (h, w) distance to the ground along the ray, 0 where there is none
    """
    picture = _sky(directions, sky, rng)
    if ground is None:
        return picture, np.zeros(picture.shape[:2], np.float32)
    height = directions[..., 1]
    if rng.random() < 0.85:
        _skyline(picture, directions, sky, rng)
    below = height < -0.004
    distance = np.where(below, (ground.height - origin[1]) / np.where(below, height, -1), 0).astype(
        np.float32
    )
    distance = np.maximum(distance, 0)
    picture[below] = _floor(
        directions[below] * distance[below][:, None] + origin, distance[below], sky, ground, rng
    )
    return picture, distance


def _sky(directions: NDArray[np.float32], sky: Sky, rng: Generator) -> Picture:
    climb = np.sqrt(np.clip(directions[..., 1], 0, 1))[..., None] * rng.uniform(0.8, 1.4)
    picture = sky.horizon + np.clip(climb, 0, 1) * (sky.zenith - sky.horizon)
    cover = rng.choice([0.0, rng.uniform(0.1, 0.9)], p=[0.35, 0.65])
    if cover:
        scale = rng.uniform(0.15, 0.5)
        along = np.arctan2(directions[..., 0], directions[..., 2]) * scale
        noise = lookup(fractal(1.9, 2), along + sky.offset[0], directions[..., 1] * scale * 2 + sky.offset[1])
        cloud = smoothstep(1 - cover, 1 - cover + rng.uniform(0.2, 0.9), noise)[..., None] * rng.uniform(
            0.3, 1
        )
        picture = picture + cloud * (rgb(0.93, 0.93, 0.94) * rng.uniform(0.5, 1.1) - picture)
    return picture.astype(np.float32)


def _skyline(picture: Picture, directions: NDArray[np.float32], sky: Sky, rng: Generator) -> None:
    """Trees, hills or buildings along the horizon, one or two rows of them."""
    around = np.arctan2(directions[..., 0], directions[..., 2]) / (2 * np.pi)
    for row in range(rng.integers(1, 3)):
        top, built = rng.uniform(0.02, 0.22) * rng.choice([1, 2.5], p=[0.75, 0.25]), rng.random() < 0.4
        profile = fractal(0.0 if built else rng.choice([1.0, 1.5, 2.0]), 7 + row)[rng.integers(512)]
        column = (around * rng.integers(20, 120) if built else around * 512 * rng.integers(1, 5)).astype(
            np.int32
        )
        edge = top * (0.4 + 0.6 * profile[column & 511])
        inside = directions[..., 1] < edge
        color = rgb(*rng.uniform([0.12, 0.18, 0.08], [0.42, 0.46, 0.32]))
        if built:
            color = rgb(*np.clip(rng.uniform(0.2, 0.8) + rng.normal(0, 0.06, 3), 0.05, 0.95))
        grain = lookup(fractal(0.9, 4), around * rng.integers(3, 9), directions[..., 1] * rng.uniform(1, 3))
        light = sky.ambient(np.array([[0, 0.3, 1]], np.float32))[0] + 0.3 * sky.sunlight
        haze = rng.uniform(0, 0.5)
        wall = color * light * (0.5 + grain[inside])[:, None]
        if built:
            wall *= _panes(around[inside], directions[..., 1][inside], rng)[:, None]
        picture[inside] = (1 - haze) * wall + haze * sky.horizon


def _panes(around: NDArray[np.float32], height: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """(n,) factors that darken the windows of buildings."""
    across, up = np.mod(around * rng.uniform(60, 300), 1), np.mod(height * rng.uniform(15, 60), 1)
    return np.where((across < 0.55) & (up < 0.6), rng.uniform(0.3, 0.9), 1.0).astype(np.float32)


def _floor(
    points: NDArray[np.float32], distance: NDArray[np.float32], sky: Sky, ground: Ground, rng: Generator
) -> NDArray[np.float32]:
    scale, shift = rng.uniform(0.2, 0.8), rng.random(2)
    noise = lookup(
        fractal(ground.roughness, 6), points[:, 0] * scale + shift[0], points[:, 2] * scale + shift[1]
    )
    drift = lookup(fractal(2.0, 8), points[:, 0] * 0.06 + shift[1], points[:, 2] * 0.06 + shift[0])
    detail = np.exp(-distance / 12)
    tone = 1 + ground.contrast * ((noise - 0.5) * detail + 0.7 * (drift - 0.5))
    albedo = ground.albedo * tone[:, None]
    if ground.lines:
        angle, period, width = rng.uniform(0, np.pi), rng.uniform(1.0, 4.0), rng.uniform(0.03, 0.08)
        across = np.mod((points[:, 0] * np.cos(angle) + points[:, 2] * np.sin(angle)) / period + shift[0], 1)
        albedo[across < width / period] = rgb(*rng.choice(np.array([[0.85, 0.85, 0.85], [0.8, 0.65, 0.15]])))
    light = sky.sunlight * max(float(sky.sun[1]), 0) + 0.55 * sky.zenith + 0.45 * sky.horizon
    haze = (1 - np.exp(-distance / 60))[:, None] * 0.6
    return (albedo * light * (1 - haze) + haze * sky.horizon).astype(np.float32)


def clutter(size: tuple[int, int], rng: Generator) -> Picture:
    """(h, w, 3) linear RGB: noise and a heap of coloured shapes, sharp or out of focus."""
    from PIL import Image, ImageDraw, ImageFilter

    y, x = np.mgrid[: size[0], : size[1]] / 224
    shift, scale = rng.random(2), rng.uniform(0.2, 1.2)
    noise = lookup(fractal(rng.choice([0.8, 1.2, 1.6, 2.0]), 9), x * scale + shift[0], y * scale + shift[1])[
        ..., None
    ]
    base = (1 - noise) * rng.uniform(0, 0.8, 3) + noise * rng.uniform(0.1, 1, 3)
    image = Image.fromarray((base * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(3, 30)):
        color = tuple(int(value) for value in rng.integers(0, 256, 3))
        cx, cy, reach = rng.uniform(0, size[1]), rng.uniform(0, size[0]), rng.uniform(6, 70)
        if rng.random() < 0.5:
            wide, tall = reach * rng.uniform(0.3, 2), reach
            draw.rectangle([cx - wide, cy - tall, cx + wide, cy + tall], fill=color)
        else:
            angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 7)))
            draw.polygon([(cx + reach * np.cos(a), cy + reach * np.sin(a)) for a in angles], fill=color)
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 8))))
    return to_linear(np.asarray(image, np.float32) / 255)


def photo_patch(folder: Path, size: tuple[int, int], rng: Generator) -> Picture:
    """(h, w, 3) linear RGB: a part of a random photo of a folder. Raises `UsageError` where it has none."""
    from PIL import Image

    names = _photos(folder)
    with Image.open(names[rng.integers(len(names))]) as file:
        file.draft("RGB", (512, 512))
        image = file.convert("RGB")
    share = rng.uniform(0.4, 1.0)
    scale = share * min(image.width / size[1], image.height / size[0])
    wide, tall = scale * size[1], scale * size[0]
    left, top = rng.uniform(0, image.width - wide), rng.uniform(0, image.height - tall)
    patch = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, (left, top, left + wide, top + tall))
    if rng.random() < 0.5:
        patch = patch.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return to_linear(np.asarray(patch, np.float32) / 255)


@lru_cache(maxsize=4)
def _photos(folder: Path) -> list[Path]:
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")
    )
    if not found:
        raise UsageError(f"--backgrounds {folder}: no .jpg, .png or .webp there")
    return found
