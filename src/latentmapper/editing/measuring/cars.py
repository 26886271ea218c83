"""What is measured on a car."""

import numpy as np

from latentmapper.editing.measuring.measure import Measure
from latentmapper.editing.measuring.outline import Outline, reached

BELOW_MIRRORS = 0.5
"""Share of the height up to which a car's width is taken."""
GLASS = (0.75, 0.92)
"""Shares of the height between which the slopes of windscreen and rear window are taken."""
CABIN = 0.8
"""Share of the height at which the cabin begins: halfway up the windscreen."""
CABIN_REAR = 0.88
"""Share of the height at which the cabin ends: above boot lids and spoilers."""
BOOT = (0.92, 1.0)
"""Places, in lengths behind the nose, between which the height of the rear is taken."""
WHEEL = 0.12
"""Lengths from the middle of a wheel within which all of it lies."""

MEASURES = (
    Measure("height", "height", "m", "lower", "taller"),
    Measure("width", "width without mirrors", "m", "narrower", "wider"),
    Measure("bonnet", "nose to windscreen", "m", "a shorter bonnet", "a longer bonnet"),
    Measure("boot", "rear window to rear", "m", "a shorter boot", "a longer boot"),
    Measure(
        "windscreen", "slope of the windscreen", "degrees", "a flatter windscreen", "a steeper windscreen"
    ),
    Measure(
        "rear_window", "slope of the rear window", "degrees", "a flatter rear window", "a steeper rear window"
    ),
    Measure("bonnet_height", "height of the nose", "share", "a lower nose", "a higher nose"),
    Measure("boot_height", "height of the rear", "share", "a lower rear", "a higher rear"),
    Measure("roof_width", "width of the roof", "share", "a narrower roof", "a wider roof"),
    Measure("clearance", "ground clearance", "m", "less ground clearance", "more ground clearance"),
    Measure("wheels", "diameter of the wheels", "m", "smaller wheels", "larger wheels"),
    Measure(
        "front_overhang", "nose to front axle", "m", "a shorter front overhang", "a longer front overhang"
    ),
    Measure("rear_overhang", "rear axle to rear", "m", "a shorter rear overhang", "a longer rear overhang"),
    Measure("length", "length over width and height", "share", "shorter", "longer", ("height", "width")),
    Measure("sporty", "bonnet over height", "share", "less sporty", "sportier", ("height", "bonnet")),
)


def measure(outline: Outline) -> dict[str, float]:
    """Measures of a car by name; lengths in lengths of the car, angles in degrees."""
    height, width = outline.height, outline.width(BELOW_MIRRORS)
    front, rear = outline.rise(CABIN * height), outline.rise(CABIN_REAR * height, rear=True)
    return {
        "height": height,
        "width": width,
        "bonnet": front,
        "boot": rear,
        "windscreen": _slope(outline, rear=False),
        "rear_window": _slope(outline, rear=True),
        "bonnet_height": outline.top(0.0, 0.12) / height,
        "boot_height": outline.top(*BOOT) / height,
        "roof_width": _roof(outline) / width,
        **_chassis(outline),
        "length": float(1 / np.sqrt(height * width)),
        "sporty": front / height,
    }


def _slope(outline: Outline, rear: bool) -> float:
    """Angle over the horizon, degrees, of the windscreen or the rear window."""
    low, high = (share * outline.height for share in GLASS)
    run = outline.rise(high, rear) - outline.rise(low, rear)
    return float(np.degrees(np.arctan2(high - low, max(run, 0.0))))


def _roof(outline: Outline) -> float:
    """Width of the cabin below the roof; what sticks out there, such as rails and mirrors, is left out."""
    x, y, _ = outline.points.T
    around = np.abs(y - 0.85 * outline.height) < 0.05 * outline.height
    return 2 * float(np.quantile(np.abs(x[around]), 0.7)) if around.any() else 0.0


def _chassis(outline: Outline) -> dict[str, float]:
    """Ground clearance, wheels and overhangs, from the profile of the underside."""
    clearance = outline.bottom(0.42, 0.58)
    level = 0.6 * clearance
    front, rear = (_wheel(outline, level, ends) for ends in ((0.0, 0.5), (0.5, 1.0)))
    return {
        "clearance": clearance,
        "wheels": front[1] + rear[1],
        "front_overhang": front[0],
        "rear_overhang": 1 - rear[0],
    }


def _wheel(outline: Outline, level: float, ends: tuple[float, float]) -> tuple[float, float]:
    """Axle's place s and radius of the wheels between two places, from their chord at a height."""
    _, y, s = outline.points.T
    at = (s > ends[0]) & (s < ends[1])
    s, y = s[at], y[at]
    if not len(s) or not level > 0:
        return float("nan"), float("nan")
    middle = float(np.median(s[y < 0.3 * level])) if (y < 0.3 * level).any() else float(s[np.argmin(y)])
    near = np.abs(s - middle) < WHEEL
    s, y = s[near], y[near]
    # From outside inwards, the tyre is where the underside first comes down to the level.
    before, behind = (
        sign * reached(sign * s[side], -y[side], -level)
        for sign, side in ((1, s < middle), (-1, s >= middle))
    )
    half = (behind - before) / 2
    radius = (half**2 + level**2) / (2 * level)
    return (before + behind) / 2, radius if radius < WHEEL else float("nan")
