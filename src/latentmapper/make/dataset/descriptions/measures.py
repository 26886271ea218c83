"""Measuring on the mesh what descriptions say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]
FEWEST = 8
"""Points that a measure needs."""


@dataclass(frozen=True)
class Proportions:
    """Extents of a shape over its length; None of it depends on its size."""

    width: float
    """Of a car with its mirrors, of an airplane its span."""
    height: float


def proportions(vertices: Points) -> Proportions:
    """Width and height over length of vertices (v, 3), canonical frame."""
    width, height, length = map(float, np.ptp(vertices, axis=0))
    return Proportions(width / max(length, 1e-6), height / max(length, 1e-6))


def stabiliser_level(points: Points) -> float | None:
    """How high an airplane's tailplane sits: 0 at the body's middle there, 1 at the fin's top.

    Looks at the last fifth of the length: the fin is what is near the mirror plane, the tailplane what
    reaches farthest from it. None where nothing of the kind is found.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    low, high = points[:, 2].min(), points[:, 2].max()
    length = high - low
    rear = points[points[:, 2] < low + 0.2 * length]
    side = np.abs(rear[:, 0])
    reach = side.max(initial=0.0)
    if len(rear) < FEWEST or reach < 0.06 * length:
        return None
    body = points[(points[:, 2] > low + 0.2 * length) & (points[:, 2] < low + 0.3 * length)]
    middle = body[np.abs(body[:, 0]) < 0.03 * length]
    top = np.quantile(rear[side < 0.02 * length, 1], 0.98) if (side < 0.02 * length).any() else None
    if top is None or len(middle) < FEWEST:
        return None
    tips = rear[side > 0.6 * reach, 1]
    bottom = float(np.mean(np.quantile(middle[:, 1], [0.05, 0.95])))
    return float((np.median(tips) - bottom) / max(top - bottom, 0.02 * length))


def sweep(points: Points) -> float | None:
    """Sweep of an airplane's leading edge in degrees, positive aft, over the outer half of the wing.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    side = np.abs(points[:, 0])
    stations, edges = np.linspace(0.5, 0.85, 7) * side.max(), []
    for station in stations:
        z = points[np.abs(side - station) < 0.03 * side.max(), 2]
        if len(z) < FEWEST:
            return None
        edges.append(np.quantile(z, 0.97))
    return float(-np.degrees(np.arctan(np.polyfit(stations, edges, 1)[0])))


def wing_levels(points: Points) -> int | None:
    """How many wings an airplane has one above the other, halfway between body and tips.

    Heights where many points lie are wings; the few points of struts between them are not.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    side = np.abs(points[:, 0])
    y = points[(side > 0.45 * side.max()) & (side < 0.65 * side.max()), 1]
    if len(y) < 10 * FEWEST:
        return None
    counts, _ = np.histogram(y, np.arange(y.min() - 0.02, y.max() + 0.06, 0.04))
    full = np.pad(counts > 0.12 * len(y), 1).astype(int)
    return int((np.diff(full) == 1).sum())


def wing_level(points: Points) -> float | None:
    """Height of an airplane's wing at its root: -1 the belly of the body there, 1 its back.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    span = np.abs(points[:, 0]).max()
    side = np.abs(points[:, 0])
    inner = points[(side > 0.12 * span) & (side < 0.3 * span)]
    low, high = points[:, 2].min(), points[:, 2].max()
    inner = inner[inner[:, 2] > low + 0.25 * (high - low)]
    if len(inner) < FEWEST:
        return None
    front, back = np.quantile(inner[:, 2], [0.1, 0.9])
    body = points[(side < 0.03 * span) & (points[:, 2] > front) & (points[:, 2] < back), 1]
    if len(body) < FEWEST:
        return None
    bottom, top = np.quantile(body, [0.02, 0.98])
    return float(2 * (np.median(inner[:, 1]) - bottom) / max(top - bottom, 1e-3) - 1)


def rear_height(points: Points) -> float:
    """Height of a car's last eighth over that of its roof: low where there is a boot or a bed.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    low, high = points.min(axis=0), points.max(axis=0)
    rear = points[points[:, 2] < low[2] + 0.125 * (high[2] - low[2])]
    front = points[(points[:, 2] > low[2] + 0.08 * (high[2] - low[2]))]
    return float((np.quantile(rear[:, 1], 0.97) - low[1]) / (np.quantile(front[:, 1], 0.995) - low[1]))
