"""What stands along a street behind a parked car: houses, hedges, walls, fences and trees, and their shade.

A car in the open is easy to tell from its surroundings. In photos there is something as dark, as bright and
as full of edges right behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.lighting import Color, Sky, rgb
from latentmapper.make.dataset.textures import SIDE, fractal, lookup

Values = NDArray[np.float32]

_NEAR, _FAR = 0.08, 2.5
"""How far behind the object the front of the houses may be, canonical units."""


@dataclass(frozen=True)
class Front:
    """Where rays meet the upright plane along which everything stands."""

    rows: NDArray[np.int64]
    """(n,) the rays that meet it above the ground."""
    along: Values
    """(n,) place along the street, canonical units."""
    height: Values
    """(n,) above the ground."""


def paint_street(
    colors: Values,
    rays: tuple[Values, Values],
    half_size: Values,
    ground_height: float,
    sky: Sky,
    rng: Generator,
) -> None:
    """Put a street's houses, hedges and trees before what is painted so far.

    Parameters
    ----------
    colors : (n, 3) linear RGB of every ray, changed in place.
    rays : origins and unit directions (n, 3), canonical frame.
    half_size : (3,) of the object's bounding box; the street's front stands behind it.
    ground_height : y of the ground.
    """
    front = _front(*rays, half_size, ground_height, rng)
    if not len(front.rows):
        return
    light = sky.ambient(np.array([[0, 0.2, 1]], np.float32))[0] + rng.uniform(0, 0.6) * sky.sunlight
    for layer in (_houses, _foliage, _foliage, _low_wall, _trunks):
        if rng.random() < _SHARES[layer]:
            covered, albedo = layer(front, rng)
            colors[front.rows[covered]] = albedo[covered] * light


def shade_of_trees(points: Values, rng: Generator) -> Values:
    """(n, 1) factors that leave points (n, 3) of the ground bright here and dark there."""
    size, cover = rng.uniform(0.03, 0.15), rng.uniform(0.2, 0.9)
    noise = lookup(fractal(1.5, 9), points[:, 0] * size + rng.random(), points[:, 2] * size + rng.random())
    soft = rng.uniform(0.02, 0.2)
    shade = np.clip((noise - (1 - cover)) / soft, 0, 1)
    return (1 - rng.uniform(0.3, 0.8) * shade)[:, None].astype(np.float32)


def _front(
    origins: Values, directions: Values, half_size: Values, ground_height: float, rng: Generator
) -> Front:
    """The plane faces the camera, turned by up to 35 degrees."""
    turn = np.arctan2(-origins[0, 0], -origins[0, 2]) + np.radians(rng.uniform(-35, 35))
    normal = np.array([np.sin(turn), 0, np.cos(turn)], np.float32)
    distance = float(np.abs(normal) @ half_size) + rng.uniform(_NEAR, _FAR) * rng.random()
    across = directions @ normal
    reach = (distance - origins @ normal) / np.maximum(across, 1e-6)
    height = origins[:, 1] + reach * directions[:, 1] - np.float32(ground_height)
    rows = np.flatnonzero((across > 1e-3) & (reach > 0) & (height > 0))
    met = origins[rows] + reach[rows, None] * directions[rows]
    along = met[:, 0] * normal[2] - met[:, 2] * normal[0]
    return Front(rows, along.astype(np.float32), height[rows].astype(np.float32))


def _houses(front: Front, rng: Generator) -> tuple[NDArray[np.bool_], Values]:
    """A wall of one colour, plastered or of bricks, with windows and doors."""
    covered = front.height < rng.uniform(0.9, 4.0)
    albedo = _tinted(rng.uniform(0.15, 0.9), front, rng)
    if rng.random() < 0.3:
        albedo *= _bricks(front, rng.uniform(0.03, 0.12))[:, None]
    wide, high = rng.uniform(0.6, 2.0), rng.uniform(0.7, 1.4)
    across, up = np.mod(front.along / wide + rng.random(), 1), np.mod(front.height / high + rng.random(), 1)
    pane = (across < rng.uniform(0.2, 0.6)) & (up < rng.uniform(0.3, 0.7))
    albedo[pane] *= np.float32(rng.choice([0.08, 0.2, 1.5]))
    return covered, albedo


def _foliage(front: Front, rng: Generator) -> tuple[NDArray[np.bool_], Values]:
    """A clipped hedge, bushes, or the crowns of trees that hang from above."""
    size = rng.uniform(0.05, 0.4)
    outline = lookup(fractal(1.5, 11), front.along * size + rng.random(), front.height * size)
    kind = rng.choice(3)
    if kind == 0:
        covered = front.height < rng.uniform(0.2, 1.5) * (1 + 0.1 * outline)
    elif kind == 1:
        covered = front.height < rng.uniform(0.5, 2.0) * outline
    else:
        covered = front.height + rng.uniform(0.5, 2.5) * outline > rng.uniform(0.9, 2.0)
    grain = rng.uniform(0.15, 0.8)
    leaves = lookup(fractal(rng.choice([0.5, 1.0]), 12), front.along * grain, front.height * grain)
    green = rgb(*rng.uniform([0.12, 0.18, 0.06], [0.45, 0.5, 0.3]))
    bright = 0.1 + 1.7 * leaves[:, None] ** rng.uniform(1, 3)
    return covered, (green * bright).astype(np.float32)


def _low_wall(front: Front, rng: Generator) -> tuple[NDArray[np.bool_], Values]:
    """A low wall, a kerb, or a fence that one sees through."""
    covered = front.height < rng.uniform(0.05, 0.8)
    if rng.random() < 0.3:
        covered &= np.mod(front.along / rng.uniform(0.06, 0.2), 1) < rng.uniform(0.3, 0.7)
    return covered, _tinted(rng.uniform(0.05, 0.9), front, rng)


def _trunks(front: Front, rng: Generator) -> tuple[NDArray[np.bool_], Values]:
    """Trunks of trees and lamp posts."""
    covered = np.zeros(len(front.rows), bool)
    for _ in range(rng.integers(1, 4)):
        lean = front.along - rng.uniform(-2.5, 2.5) - front.height * rng.normal(0, 0.05)
        covered |= np.abs(lean) < rng.uniform(0.02, 0.14)
    return covered, _tinted(rng.uniform(0.05, 0.45), front, rng)


def _tinted(grey: float, front: Front, rng: Generator) -> Values:
    """(n, 3) albedo of about one grey, stained."""
    color: Color = rgb(*np.clip(grey + rng.normal(0, 0.04, 3), 0.03, 0.95))
    stains = lookup(fractal(1.0, 10), front.along * 0.2 + rng.random(), front.height * 0.2)
    stained = 1 + rng.uniform(0, 0.6) * (stains - 0.5)
    return (color * stained[:, None]).astype(np.float32)


def _bricks(front: Front, high: float) -> Values:
    """(n,) factors: rows of bricks, each of its own brightness, and the joints between them."""
    row = np.floor(front.height / high)
    column = np.floor(front.along / (3 * high) + 0.5 * np.mod(row, 2))
    own = fractal(0.0, 13)[row.astype(np.int64) % SIDE, column.astype(np.int64) % SIDE]
    joint = (np.mod(front.height / high, 1) < 0.15).astype(np.float32)
    return ((0.7 + 0.5 * own) * (1 - 0.4 * joint)).astype(np.float32)


_SHARES: dict[Callable[[Front, Generator], tuple[NDArray[np.bool_], Values]], float] = {
    _houses: 0.6,
    _foliage: 0.55,
    _low_wall: 0.5,
    _trunks: 0.4,
}
"""How often each stands there."""
