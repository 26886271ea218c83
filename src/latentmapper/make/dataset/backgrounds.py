"""What is behind the subject where it is not the open air: plain paper, clutter, a patch of a photo."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.errors import GO_ON, UsageError
from latentmapper.make.dataset.textures import fractal, lookup, smoothstep
from latentmapper.render.shading import to_linear

Picture = NDArray[np.float32]


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


def clutter(size: tuple[int, int], rng: Generator) -> Picture:
    """(h, w, 3) linear RGB: noise and a heap of coloured shapes, sharp or out of focus."""
    from PIL import Image, ImageDraw, ImageFilter

    y, x = np.mgrid[: size[0], : size[1]] / 224
    shift, scale, vivid = rng.random(2), rng.uniform(0.2, 1.2), rng.choice([0.15, 0.4, 1.0])
    tile = fractal(rng.choice([1.0, 1.5, 2.0]), 9)
    noise = lookup(tile, x * scale + shift[0], y * scale + shift[1])[..., None]
    base = (1 - noise) * _tone(vivid, rng) + noise * _tone(vivid, rng)
    image = Image.fromarray((base * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(3, 30)):
        color = tuple(int(value * 255) for value in _tone(vivid, rng))
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


def _tone(vivid: float, rng: Generator) -> NDArray[np.float64]:
    """(3,) sRGB 0..1: a grey with so much colour."""
    return np.clip(rng.uniform(0.05, 0.95) + vivid * rng.uniform(-0.5, 0.5, 3), 0, 1)


def photo_patch(folder: Path, size: tuple[int, int], rng: Generator) -> Picture:
    """(h, w, 3) linear RGB: a part of a random photo of a folder.

    Raises `UsageError` where it has none, or the photo cannot be read.
    """
    from PIL import Image

    names = photos_in(folder)
    name = names[rng.integers(len(names))]
    try:
        with Image.open(name) as file:
            file.draft("RGB", (512, 512))
            image = file.convert("RGB")
    except Exception as error:  # every format's reader raises its own kind
        raise UsageError(f"--backgrounds: {name} cannot be read ({error}); remove it, and {GO_ON}") from error
    share = rng.uniform(0.4, 1.0)
    scale = share * min(image.width / size[1], image.height / size[0])
    wide, tall = scale * size[1], scale * size[0]
    left, top = rng.uniform(0, image.width - wide), rng.uniform(0, image.height - tall)
    patch = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, (left, top, left + wide, top + tall))
    if rng.random() < 0.5:
        patch = patch.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return to_linear(np.asarray(patch, np.float32) / 255)


@lru_cache(maxsize=4)
def photos_in(folder: Path) -> list[Path]:
    """The photos of a folder, recursively, hidden files apart. Raises `UsageError` where it has none."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp") and not path.name.startswith(".")
    )
    if not found:
        raise UsageError(f"--backgrounds {folder}: no .jpg, .png or .webp there")
    return found
