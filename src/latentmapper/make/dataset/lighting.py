"""Daylight, overcast and studio light: what a surface receives and what it mirrors."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.textures import fractal, lookup, smoothstep
from latentmapper.render.shading import to_linear

Color = NDArray[np.float32]


def rgb(red: float, green: float, blue: float) -> Color:
    """(3,) linear RGB from the sRGB values 0..1 that one reads off a photo."""
    return to_linear(np.array([red, green, blue], np.float32))


@dataclass(frozen=True)
class Sky:
    """Everything that shines: a sun, the sky from zenith to horizon, and the ground's answer."""

    sun: NDArray[np.float32]
    """(3,) unit vector to the sun."""
    sunlight: Color
    """(3,) linear RGB of the sun on a surface that faces it; 0 when overcast."""
    zenith: Color
    """(3,) linear RGB."""
    horizon: Color
    """(3,) linear RGB."""
    ground: Color
    """(3,) linear RGB of the lit ground as surfaces see it from above."""
    offset: tuple[float, float]
    """Where in the noise the skyline of reflections and the clouds begin."""
    skyline: float
    """How high and dark the reflected surroundings stand, 0 to 1."""

    def ambient(self, normals: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 3) light from sky and ground on unshaded surfaces with these unit normals (n, 3)."""
        up = np.float32(0.5) + np.float32(0.5) * normals[:, 1:2]
        below, above = 0.7 * self.ground, 0.55 * self.zenith + 0.45 * self.horizon
        return (below + up * (above - below)).astype(np.float32)

    def mirrored(self, directions: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 3) linear RGB that is seen in unit directions (n, 3): sky, skyline and ground."""
        height = directions[:, 1]
        climb = np.sqrt(np.clip(height, 0, 1))[:, None]
        sky = self.horizon + climb * (self.zenith - self.horizon)
        around = np.arctan2(directions[:, 0], directions[:, 2]) / np.float32(2 * np.pi)
        profile = lookup(fractal(1.5, 3), around + self.offset[0], np.full_like(around, self.offset[1]))
        edge = self.skyline * profile * 0.5
        # Trees and houses around: darker than the ground, with a soft edge to the sky.
        wall = self.ground * (0.25 + 0.5 * profile[:, None])
        above = smoothstep(-0.02, 0.02, height - edge)[:, None]
        below = smoothstep(-0.05, -0.01, height)[:, None]
        beside = self.ground + below * (wall - self.ground)
        return (beside + above * (sky - beside)).astype(np.float32)


def random_sky(rng: Generator, ground: Color | None = None) -> Sky:
    """A sky as photos have them; `ground` is the albedo (3,) of the ground, a grey one where not given."""
    azimuth, height = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(12, 75))
    sun = np.array([np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height)])
    kind = rng.choice(4, p=[0.45, 0.2, 0.27, 0.08])
    strength, zenith, horizon, tint = _WEATHER[kind]
    sunlight = rng.uniform(*strength) * tint
    zenith, horizon = zenith * rng.uniform(0.7, 1.3), horizon * rng.uniform(0.8, 1.2)
    albedo = np.full(3, rng.uniform(0.12, 0.4), np.float32) if ground is None else ground
    light = sunlight * np.sin(height) + 0.5 * (zenith + horizon)
    return Sky(
        sun.astype(np.float32),
        sunlight.astype(np.float32),
        zenith.astype(np.float32),
        horizon.astype(np.float32),
        (albedo * light).astype(np.float32),
        (float(rng.random()), float(rng.random())),
        float(rng.uniform(0, 1)),
    )


# Strength of the sun, zenith, horizon, tint of the sun: clear, hazy, overcast, low evening sun.
_WEATHER = (
    ((1.0, 1.9), rgb(0.30, 0.48, 0.78), rgb(0.70, 0.80, 0.92), np.array([1.0, 0.96, 0.88])),
    ((0.4, 0.9), rgb(0.58, 0.68, 0.82), rgb(0.84, 0.87, 0.90), np.array([1.0, 0.97, 0.92])),
    ((0.0, 0.1), rgb(0.82, 0.84, 0.87), rgb(0.76, 0.78, 0.80), np.array([1.0, 1.0, 1.0])),
    ((0.7, 1.4), rgb(0.38, 0.46, 0.66), rgb(0.90, 0.74, 0.58), np.array([1.0, 0.74, 0.48])),
)


@dataclass(frozen=True)
class Finish:
    """What a surface is made of, sample by sample."""

    albedo: NDArray[np.float32]
    """(n, 3) linear RGB of the matt part."""
    coat: NDArray[np.float32]
    """(n,) strength of the clear mirroring layer on top, 0 to 1."""
    metal: NDArray[np.float32]
    """(n,) share of the light that is mirrored, blurred and tinted, as bare metal does."""


def light_surface(
    finish: Finish,
    normals: NDArray[np.float32],
    directions: NDArray[np.float32],
    sky: Sky,
    sunlit: NDArray[np.bool_],
    sky_light: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(n, 3) linear RGB of surfaces under a sky.

    Parameters
    ----------
    normals, directions : (n, 3) unit vectors: towards the viewer's side, and away from the eye
    sunlit : (n,) whether the sun reaches the surface
    sky_light : (n,) share of the sky that does
    """
    open_ = (0.25 + 0.75 * sky_light)[:, None]
    sun = (np.maximum(normals @ sky.sun, 0) * sunlit)[:, None] * sky.sunlight
    matt = finish.albedo * (sun + sky.ambient(normals) * open_)
    facing = np.clip(-np.einsum("nd,nd->n", normals, directions), 0, 1)
    reflected = directions + 2 * facing[:, None] * normals
    grazing = np.square(np.square(1 - facing)) * (1 - facing)
    fresnel = (0.05 + 0.95 * grazing) * finish.coat  # Schlick 1994
    # Rounded highlights of the sun: cosine to the powers 8, 24 and 192 without slow power functions.
    wide = np.square(np.square(np.square(np.clip(reflected @ sky.sun, 0, 1) * sunlit)))
    narrow = wide * wide * wide
    sharp = np.square(np.square(np.square(narrow)))
    glint = (0.25 * finish.coat * (6 * sharp + 0.25 * narrow))[:, None] * sky.sunlight
    glossy = (fresnel[:, None] * open_) * sky.mirrored(reflected) + glint
    if not finish.metal.any():
        return matt + glossy
    bare = finish.albedo * (sky.ambient(reflected) * open_ + 0.5 * wide[:, None] * sky.sunlight)
    return matt + finish.metal[:, None] * (bare - matt) + glossy
