"""What hides a part of the subject: posts, walls, hedges, other things in front, cut-outs."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.textures import fractal, lookup


def random_occluder(mask: NDArray[np.bool_], share: float, rng: Generator) -> NDArray[np.bool_]:
    """A region (h, w) that hides `share` of the subject's pixels.

    The region is where a field (the distance from a line, a box, a disc, or noise) lies below the
    value that `share` of the subject's pixels stay below: so it always hides just that much.
    """
    if not mask.any() or share <= 0:
        return np.zeros_like(mask)
    field = _field(mask, rng)
    return field <= np.quantile(field[mask], share)


def _field(mask: NDArray[np.bool_], rng: Generator) -> NDArray[np.float32]:
    rows, columns = np.nonzero(mask)
    pick = rng.integers(len(rows))
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    x, y = (x - columns[pick]) / 224, (y - rows[pick]) / 224
    turn = rng.normal(0, 0.25)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    shift = rng.random(2)
    leaves = lookup(fractal(1.3, 10), x * 0.7 + shift[0], y * 0.7 + shift[1])
    kind = rng.choice(5, p=[0.3, 0.25, 0.15, 0.15, 0.15])
    if kind == 0:  # a box
        return np.maximum(np.abs(u), np.abs(v) * rng.uniform(0.3, 2.5))
    if kind == 1:  # a wall, hedge or the frame's edge from one side
        angle = rng.choice([0, 0.5, 1, 1.5]) * np.pi + rng.normal(0, 0.2)
        ragged = rng.choice([0.0, rng.uniform(0, 0.3)])
        return x * np.cos(angle) + y * np.sin(angle) + ragged * leaves
    if kind == 2:  # something round, at times with a ragged edge
        return np.hypot(u, v * rng.uniform(0.4, 1.8)) + rng.choice([0.0, rng.uniform(0, 0.3)]) * leaves
    if kind == 3:  # a row of posts
        period = rng.uniform(0.15, 0.6)
        return np.abs(np.mod(u / period + 0.5, 1) - 0.5) + 1e-3 * leaves
    return leaves + 1.5 * np.hypot(x, y)  # twigs


def occluder_color(shape: tuple[int, ...], rng: Generator) -> NDArray[np.float32]:
    """(h, w, 3) linear RGB of what stands in front: something plain, rough, or green."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) / 224
    base = rng.uniform(0.01, 0.7) * np.clip(1 + rng.normal(0, 0.25, 3), 0.2, 2)
    if rng.random() < 0.35:
        base = rng.uniform([0.02, 0.05, 0.01], [0.15, 0.25, 0.08])
    scale, shift = rng.uniform(0.3, 2), rng.random(2)
    grain = lookup(fractal(rng.choice([0.8, 1.4, 2.0]), 11), x * scale + shift[0], y * scale + shift[1])
    contrast, slope = rng.choice([0.1, 0.5, 1.5]), rng.uniform(-0.8, 0.8, 2)
    tone = 1 + contrast * (grain - 0.5) + slope[0] * (x - 0.5) + slope[1] * (y - 0.5)
    return (base * np.maximum(tone, 0.05)[..., None]).astype(np.float32)
