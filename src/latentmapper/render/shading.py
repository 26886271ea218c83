"""Light on surfaces: directional light and sky, with shadows by ray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.raycast import Scene


@dataclass(frozen=True)
class Light:
    """A light so far away that it comes from one direction."""

    direction: tuple[float, float, float]
    """Unit vector from the object to the light, canonical frame."""
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Linear RGB; 1 lights a white surface that faces the light to white."""


def shade(
    albedo: NDArray[np.floating],
    normal: NDArray[np.floating],
    lights: tuple[Light, ...],
    ambient: NDArray[np.floating] | float = 0.0,
) -> NDArray[np.float32]:
    """Matt surfaces under lights without shadows.

    Parameters
    ----------
    albedo : (n, 3) or (3,) linear RGB, 0 to 1
    normal : (n, 3) unit vectors on the visible side
    ambient : light from everywhere, a number or (3,) or (n, 3) or (n, 1)

    Returns
    -------
    (n, 3) float32 linear RGB
    """
    light = np.zeros((len(normal), 3), np.float32) + ambient
    for one in lights:
        cosine = np.maximum(normal @ np.asarray(one.direction, np.float32), 0)
        light += cosine[:, None] * np.asarray(one.color, np.float32)
    return (albedo * light).astype(np.float32)


def dome(count: int, lowest: float = -1.0) -> NDArray[np.float32]:
    """(count, 3) directions spread evenly over the part of the unit sphere with y above `lowest`."""
    step = np.arange(count) + 0.5
    y = 1 - step / count * (1 - lowest)
    turn = np.pi * (1 + np.sqrt(5)) * step
    radius = np.sqrt(np.maximum(1 - y * y, 0))
    return np.stack([radius * np.cos(turn), y, radius * np.sin(turn)], axis=1).astype(np.float32)


def openness(
    scene: Scene, points: NDArray[np.float32], normals: NDArray[np.float32], directions: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much of the light from some directions reaches points of a surface: ambient occlusion.

    Parameters
    ----------
    points, normals : (n, 3) canonical frame, unit vectors on the visible side
    directions : (k, 3) unit vectors

    Returns
    -------
    (n,) float32 from 0 (enclosed) to 1 (open), each direction weighted by the cosine of its incidence
    """
    seen, total = np.zeros((2, len(points)), np.float32)
    for direction in directions:
        cosine = normals @ direction
        facing = np.flatnonzero(cosine > 0.05)
        total[facing] += cosine[facing]
        open_ = ~scene.occluded(points[facing] + 1e-3 * normals[facing], direction, margin=4e-3)
        seen[facing] += cosine[facing] * open_
    return np.where(total > 0, seen / np.maximum(total, 1e-6), 0.0).astype(np.float32)


def to_srgb(linear: NDArray[np.floating]) -> NDArray[np.float32]:
    """Linear light to the sRGB values of a picture (IEC 61966-2-1), clipped to 0..1."""
    clipped = np.clip(linear, 0, 1).astype(np.float32)
    return np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)


def to_linear(srgb: NDArray[np.floating]) -> NDArray[np.float32]:
    """sRGB values 0..1 to linear light; the inverse of `to_srgb`."""
    values = np.asarray(srgb, np.float32)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
