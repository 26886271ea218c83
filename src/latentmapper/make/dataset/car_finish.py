"""Cars: paint in the colours of the street, glass, tyres, lamps; parts are guessed where unknown."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.collections.base import MATERIALS
from latentmapper.make.dataset.lighting import Color, Finish, rgb
from latentmapper.make.dataset.subject import Subject
from latentmapper.render.sampling import Samples

UNKNOWN, PAINT, GLASS, TYRE, METAL, LIGHT, DARK = range(len(MATERIALS))

# sRGB and share of cars, after the yearly colour reports of the paint makers.
_PAINTS = (
    ((0.93, 0.93, 0.92), 0.24),
    ((0.05, 0.05, 0.055), 0.18),
    ((0.36, 0.37, 0.39), 0.14),
    ((0.68, 0.69, 0.70), 0.16),
    ((0.13, 0.22, 0.45), 0.09),
    ((0.66, 0.08, 0.09), 0.10),
    ((0.55, 0.50, 0.42), 0.03),
    ((0.13, 0.27, 0.19), 0.02),
    ((0.86, 0.62, 0.10), 0.02),
    ((0.30, 0.50, 0.68), 0.02),
)


def random_paint(rng: Generator) -> tuple[Color, float]:
    """A car's colour, (3,) linear RGB, and how metallic it is, 0 to 0.5."""
    share = np.array([weight for _, weight in _PAINTS])
    base = np.array(_PAINTS[rng.choice(len(_PAINTS), p=share / share.sum())][0])
    if rng.random() < 0.06:
        base = rng.uniform(0.05, 0.95, 3)
    color = rgb(*np.clip(base * rng.uniform(0.85, 1.1) + rng.normal(0, 0.02, 3), 0.02, 0.96))
    return color, float(rng.choice([0.0, rng.uniform(0.1, 0.45)]))


@dataclass(frozen=True)
class Wheels:
    """Where a car's wheels are."""

    front: float
    """z of the front axle, canonical units."""
    rear: float
    """z of the rear axle."""
    radius: float
    """Of the tyres."""


@lru_cache(maxsize=4)
def find_wheels(subject: Subject) -> Wheels | None:
    """The wheels of a car, or None where it stands on something else."""
    points, low, high = subject.surface, subject.low, subject.high
    touching = points[points[:, 1] < low[1] + 0.05 * (high[1] - low[1])]
    length = high[2] - low[2]
    front, rear = touching[touching[:, 2] > 0, 2], touching[touching[:, 2] <= 0, 2]
    if len(front) < 5 or len(rear) < 5 or max(np.std(front), np.std(rear)) > 0.05 * length:
        return None
    return Wheels(float(np.median(front)), float(np.median(rear)), 0.073 * float(length))


def guess_materials(
    subject: Subject, position: NDArray[np.float32], normal: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """(n,) materials at points of a car of which none is known: windows, wheels, lamps and grille."""
    low, high = subject.low, subject.high
    height = (position[:, 1] - low[1]) / (high[1] - low[1])
    along = (position[:, 2] - low[2]) / (high[2] - low[2])
    material = np.full(len(position), PAINT, np.uint8)
    window = (height > 0.63) & (height < 0.93) & (np.abs(normal[:, 1]) < 0.82)
    pillar = (np.abs(normal[:, 0]) > 0.6) & (np.abs(along - 0.47) < 0.012)
    material[window & ~pillar] = GLASS
    material[height < 0.14] = DARK
    ends = np.abs(normal[:, 2]) > 0.5
    aside = np.abs(position[:, 0]) / high[0]
    material[ends & (height > 0.40) & (height < 0.52) & (aside > 0.55)] = LIGHT
    material[ends & (height > 0.22) & (height < 0.46) & (aside < 0.45) & (normal[:, 2] > 0)] = DARK
    wheels = find_wheels(subject)
    if wheels is not None:
        _put_wheels(material, wheels, position, low)
    return material


def _put_wheels(
    material: NDArray[np.uint8], wheels: Wheels, position: NDArray[np.float32], low: NDArray[np.float32]
) -> None:
    for axle in (wheels.front, wheels.rear):
        distance = np.hypot(position[:, 2] - axle, position[:, 1] - low[1] - wheels.radius) / wheels.radius
        outside = np.abs(position[:, 0]) > 0.6 * -low[0]
        material[(distance < 1.04) & outside] = TYRE
        material[(distance < 0.64) & outside] = METAL


def car_finish(subject: Subject, samples: Samples, rng: Generator) -> Finish:
    """A car's surface in one random outfit; samples outside `subject.known` parts are guessed."""
    position, normal = samples.position, samples.hits.normal
    if subject.known is None:
        material = guess_materials(subject, position, normal)
    else:
        material = subject.known[samples.hits.face]
    paint, flakes = random_paint(rng)
    albedo = np.empty((len(material), 3), np.float32)
    albedo[:] = _palette(paint, rng)[material]
    # Lamps are clear in front and red behind.
    albedo[(material == LIGHT) & (position[:, 2] < 0)] = rgb(0.6, 0.05, 0.05)
    painted = (material == PAINT) | (material == UNKNOWN)
    _details(albedo, painted, subject, position, normal, rng)
    coat = np.choose(material, [0.9, 1.0, 1.4, 0.05, 0.5, 1.0, 0.15]).astype(np.float32)
    metal = np.where(painted, flakes, np.where(material == METAL, 0.6, 0.0)).astype(np.float32)
    return Finish(albedo, coat * np.float32(rng.uniform(0.6, 1.1)), metal)


def _palette(paint: Color, rng: Generator) -> NDArray[np.float32]:
    """(materials, 3) linear RGB of one car."""
    glass = rgb(*(np.array([0.16, 0.18, 0.19]) * rng.uniform(0.5, 1.8)))
    tyre = rgb(*np.full(3, rng.uniform(0.08, 0.2)))
    metal = rgb(*np.full(3, rng.choice([rng.uniform(0.6, 0.85), rng.uniform(0.12, 0.3)], p=[0.8, 0.2])))
    dark = rgb(*np.full(3, rng.uniform(0.05, 0.22)))
    return np.stack([paint, paint, glass, tyre, metal, rgb(0.68, 0.69, 0.71), dark])


def _details(
    albedo: NDArray[np.float32],
    painted: NDArray[np.bool_],
    subject: Subject,
    position: NDArray[np.float32],
    normal: NDArray[np.float32],
    rng: Generator,
) -> None:
    """Door gaps, number plates and two-tone sills, drawn on the paint."""
    low, high = subject.low, subject.high
    height = (position[:, 1] - low[1]) / (high[1] - low[1])
    along = (position[:, 2] - low[2]) / (high[2] - low[2])
    flank = painted & (np.abs(normal[:, 0]) > 0.6) & (height > 0.2) & (height < 0.64)
    for gap in rng.uniform([0.62, 0.44, 0.26], [0.70, 0.50, 0.32]):
        albedo[flank & (np.abs(along - gap) < 0.004)] *= 0.25
    if rng.random() < 0.2:
        albedo[painted & (height < rng.uniform(0.2, 0.34))] = rgb(*np.full(3, rng.uniform(0.1, 0.35)))
    if rng.random() < 0.7:
        width, level = rng.uniform(0.1, 0.14), rng.uniform(0.25, 0.42)
        plate = (np.abs(normal[:, 2]) > 0.5) & (np.abs(position[:, 0]) < width)
        plate &= (np.abs(height - level) < 0.04) & (np.abs(along - 0.5) > 0.42)
        albedo[plate] = rgb(*rng.choice(np.array([[0.9, 0.9, 0.9], [0.9, 0.8, 0.2], [0.8, 0.85, 0.95]])))
