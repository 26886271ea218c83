"""Airplanes: liveries, camouflage, window rows and dark canopies over meshes that know no parts."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.car_finish import DARK, GLASS, LIGHT, METAL, TYRE
from latentmapper.make.dataset.lighting import Color, Finish, rgb
from latentmapper.make.dataset.subject import Subject
from latentmapper.make.dataset.textures import fractal, lookup
from latentmapper.render.sampling import Samples


@dataclass(frozen=True)
class Fuselage:
    """The body of an airplane as a tube along z, canonical units."""

    radius: float
    """Half its width."""
    middle: float
    """y of its axis."""
    nose: float
    """z of its front end."""
    tail: float
    """z of its rear end."""


@lru_cache(maxsize=4)
def find_fuselage(subject: Subject) -> Fuselage:
    """The fuselage by its width ahead of the wing and behind it, where little else is wide."""
    points, low, high = subject.surface, subject.low, subject.high
    length = high[2] - low[2]
    widths, levels = [], []
    for share in (0.2, 0.25, 0.3, 0.35, 0.68, 0.75):
        inside = np.abs(points[:, 2] - (high[2] - share * length)) < 0.04 * length
        near = points[inside & (np.abs(points[:, 0]) < 0.2 * length)]
        if len(near) >= 8:
            widths.append(np.percentile(np.abs(near[:, 0]), 85))
            levels.append(np.median(near[:, 1]))
    radius = float(np.median(widths)) if widths else 0.08 * float(length)
    radius = float(np.clip(radius, 0.025 * length, 0.12 * length))
    middle = float(np.median(levels)) if levels else 0.0
    return Fuselage(radius, middle, float(high[2]), float(low[2]))


@dataclass(frozen=True)
class _Surface:
    """Points of an airplane in the fuselage's own measures."""

    x: NDArray[np.floating]
    """|x| in fuselage radii."""
    y: NDArray[np.floating]
    """Above the axis, in fuselage radii."""
    back: NDArray[np.floating]
    """From the nose in fuselage radii."""
    along: NDArray[np.floating]
    """0 at the nose, 1 at the tail."""
    side: NDArray[np.floating]
    """|x| of the normal: 1 on flanks and fins."""
    up: NDArray[np.floating]
    """y of the normal."""

    @property
    def body(self) -> NDArray[np.bool_]:
        """On the fuselage rather than on wings and engines."""
        return self.x < 1.15

    @property
    def fin(self) -> NDArray[np.bool_]:
        """On the fin."""
        return (self.along > 0.7) & (self.y > 1.1) & (self.side > 0.6)

    @property
    def wing(self) -> NDArray[np.bool_]:
        """On wings and tailplane."""
        return (self.x > 1.15) & (np.abs(self.up) > 0.6)


def _measure(subject: Subject, samples: Samples) -> _Surface:
    tube, position, normal = find_fuselage(subject), samples.position, samples.hits.normal
    return _Surface(
        np.abs(position[:, 0]) / tube.radius,
        (position[:, 1] - tube.middle) / tube.radius,
        (tube.nose - position[:, 2]) / tube.radius,
        (tube.nose - position[:, 2]) / (tube.nose - tube.tail),
        np.abs(normal[:, 0]),
        normal[:, 1],
    )


def airplane_finish(subject: Subject, samples: Samples, rng: Generator) -> Finish:
    """An airplane's surface in one random livery."""
    surface = _measure(subject, samples)
    style = rng.choice(5, p=[0.45, 0.17, 0.16, 0.12, 0.10])
    albedo, metal = (_airline, _light, _camouflage, _bare, _uniform)[style](surface, samples, rng)
    glass = _windows(surface, rng, rows=style in (0, 3) and rng.random() < 0.8)
    coat = np.full(len(albedo), rng.uniform(0.15, 0.8), np.float32)
    if style == 2:
        coat *= 0.2
    if subject.known is not None:
        known = subject.known[samples.hits.face]
        glass = known == GLASS
        albedo[known == TYRE], albedo[known == DARK] = rgb(0.1, 0.1, 0.1), rgb(0.15, 0.15, 0.16)
        albedo[known == LIGHT] = rgb(0.9, 0.9, 0.9)
        albedo[known == METAL], metal[known == METAL] = rgb(0.6, 0.6, 0.62), 0.5
    albedo[glass] = rgb(*np.full(3, rng.uniform(0.05, 0.25)))
    coat[glass], metal[glass] = 2.0, 0.0
    return Finish(albedo.astype(np.float32), coat, metal)


def _vivid(rng: Generator) -> Color:
    """A colour that airlines and clubs like: red, blue, green, orange, navy, black, purple."""
    palette = [(0.75, 0.1, 0.12), (0.1, 0.25, 0.6), (0.05, 0.4, 0.25), (0.9, 0.45, 0.08), (0.07, 0.1, 0.25)]
    palette += [(0.08, 0.08, 0.09), (0.4, 0.1, 0.4), (0.9, 0.75, 0.1), (0.1, 0.5, 0.65)]
    return rgb(*np.clip(np.array(palette[rng.integers(len(palette))]) + rng.normal(0, 0.05, 3), 0.02, 0.95))


def _grey(rng: Generator, low: float, high: float) -> Color:
    return rgb(*np.clip(np.full(3, rng.uniform(low, high)) + rng.normal(0, 0.015, 3), 0.02, 0.97))


def _flat(surface: _Surface, color: Color) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    albedo = np.empty((len(surface.x), 3), np.float32)
    albedo[:] = color
    return albedo, np.zeros(len(surface.x), np.float32)


def _airline(surface: _Surface, samples: Samples, rng: Generator) -> tuple:
    """White or grey with a coloured fin, belly, stripes and lettering."""
    albedo, metal = _flat(surface, _grey(rng, 0.8, 0.96) if rng.random() < 0.85 else _vivid(rng))
    body, accent, second = surface.body, _vivid(rng), _vivid(rng)
    if rng.random() < 0.5:
        albedo[body & (surface.y < rng.uniform(-0.6, 0.1))] = rng.choice([_grey(rng, 0.4, 0.75), accent])
    if rng.random() < 0.5:
        start, width = rng.uniform(-0.4, 0.2), rng.uniform(0.06, 0.5)
        albedo[body & (surface.y > start) & (surface.y < start + width)] = second
    _letter(albedo, body, surface, accent, rng)
    rear = body & (surface.along + rng.uniform(-0.1, 0.15) * surface.y > rng.uniform(0.75, 0.95))
    if rng.random() < 0.5:
        albedo[rear] = accent
    if rng.random() < 0.85:
        albedo[surface.fin] = accent
        bands = np.sin(
            (surface.y + rng.uniform(-2, 2) * 10 * surface.along) * rng.uniform(1, 4)
        ) > rng.uniform(0, 0.9)
        albedo[surface.fin & bands & (rng.random() < 0.5)] = second
    wing = surface.wing & (surface.along < 0.8)
    albedo[wing] = _grey(rng, 0.5, 0.85)
    nacelle = (surface.x > 1.3) & ~surface.wing & (surface.y < 0.2)
    albedo[nacelle] = rng.choice([_grey(rng, 0.5, 0.9), accent])
    return albedo, metal


def _letter(albedo: NDArray, body: NDArray, surface: _Surface, color: Color, rng: Generator) -> None:
    """A band of blots where an airline writes its name."""
    if rng.random() < 0.5:
        return
    start, end = np.sort(rng.uniform(0.15, 0.6, 2))
    level, height = rng.uniform(0.2, 0.6), rng.uniform(0.15, 0.4)
    place = body & (surface.side > 0.4) & (surface.along > start) & (surface.along < end)
    ink = lookup(fractal(0.8, 5), surface.along * 1.5, surface.y * 0.06) > 0.45
    albedo[place & (np.abs(surface.y - level) < height / 2) & ink] = color


def _light(surface: _Surface, samples: Samples, rng: Generator) -> tuple:
    """A light airplane: white with stripes that run over body and wing tips."""
    albedo, metal = _flat(surface, _grey(rng, 0.85, 0.96) if rng.random() < 0.7 else _vivid(rng))
    for _ in range(rng.integers(1, 3)):
        color, level, width = _vivid(rng), rng.uniform(-0.6, 0.6), rng.uniform(0.1, 0.5)
        slant = rng.uniform(-1.0, 1.0)
        albedo[surface.body & (np.abs(surface.y - level - slant * (surface.along - 0.5)) < width / 2)] = color
    if rng.random() < 0.5:
        span = surface.x.max()
        albedo[surface.wing & (surface.x > rng.uniform(0.7, 0.9) * span)] = _vivid(rng)
    if rng.random() < 0.6:
        albedo[surface.fin] = _vivid(rng)
    return albedo, metal


def _camouflage(surface: _Surface, samples: Samples, rng: Generator) -> tuple:
    """Military: two or three colours in patches above, pale below, at times roundels."""
    schemes = [
        [(0.33, 0.36, 0.24), (0.42, 0.33, 0.22), (0.25, 0.28, 0.2)],
        [(0.50, 0.53, 0.56), (0.40, 0.43, 0.46), (0.45, 0.48, 0.51)],
        [(0.62, 0.52, 0.37), (0.42, 0.33, 0.22), (0.35, 0.36, 0.25)],
        [(0.16, 0.22, 0.34), (0.18, 0.24, 0.36), (0.2, 0.26, 0.38)],
    ]
    colors = np.stack([rgb(*color) for color in schemes[rng.integers(len(schemes))]])
    albedo, metal = _flat(surface, colors[0])
    shift, scale = rng.random(2), rng.uniform(0.15, 0.4)
    position = samples.position
    patch = lookup(
        fractal(2.0, 1),
        position[:, 2] * scale + shift[0],
        (position[:, 0] + position[:, 1]) * scale + shift[1],
    )
    albedo[patch > 0.45], albedo[patch > 0.75] = colors[1], colors[2]
    if rng.random() < 0.7:
        albedo[(surface.up < -0.25) | (surface.body & (surface.y < -0.4))] = _grey(rng, 0.5, 0.8)
    if rng.random() < 0.6:
        _roundel(albedo, surface, rng)
    return albedo, metal


def _roundel(albedo: NDArray, surface: _Surface, rng: Generator) -> None:
    place, size = rng.uniform(0.55, 0.75), rng.uniform(0.35, 0.8)
    scale = surface.back.max()
    flank = np.hypot((surface.along - place) * scale, surface.y) / size
    rings = [rgb(0.1, 0.15, 0.45), rgb(0.9, 0.9, 0.9), rgb(0.7, 0.1, 0.1)]
    for radius, color in zip((1.0, 0.7, 0.35), rings, strict=True):
        albedo[surface.body & (surface.side > 0.5) & (flank < radius)] = color


def _bare(surface: _Surface, samples: Samples, rng: Generator) -> tuple:
    """Bare metal with a coloured stripe or fin."""
    albedo, metal = _flat(surface, _grey(rng, 0.6, 0.8))
    metal[:] = rng.uniform(0.4, 0.8)
    stripe = surface.body & (np.abs(surface.y - rng.uniform(-0.2, 0.4)) < rng.uniform(0.1, 0.3))
    for place in (stripe, surface.fin):
        if rng.random() < 0.7:
            albedo[place], metal[place] = _vivid(rng), 0.0
    return albedo, metal


def _uniform(surface: _Surface, samples: Samples, rng: Generator) -> tuple:
    """One colour all over: a trainer in yellow or red, a warbird in navy or black."""
    return _flat(surface, _vivid(rng) if rng.random() < 0.7 else _grey(rng, 0.1, 0.9))


def _windows(surface: _Surface, rng: Generator, rows: bool) -> NDArray[np.bool_]:
    """(n,) where the glass is: the cockpit or canopy and, where `rows`, the cabin's windows."""
    top = surface.y > rng.uniform(0.1, 0.4)
    glass = surface.body & top & (surface.back > 0.35) & (surface.back < rng.uniform(0.9, 1.3))
    raised = (surface.y > 1.02) & (surface.x < 0.75) & (surface.along > 0.12) & (surface.along < 0.6)
    glass |= raised & (np.abs(surface.up) < 0.97)
    if rows:
        level, period = rng.uniform(0.15, 0.4), rng.uniform(0.22, 0.4)
        row = surface.body & (surface.side > 0.5) & (np.abs(surface.y - level) < rng.uniform(0.05, 0.09))
        row &= (surface.back > 2.0) & (surface.along < 0.85)
        glass |= row & (np.mod(surface.back / period, 1) < 0.55)
    return glass
