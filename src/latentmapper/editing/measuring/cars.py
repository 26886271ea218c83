"""What is measured on a car."""

import numpy as np

from latentmapper.editing.measuring.outline import Outline, reached

BELOW_MIRRORS = 0.5
"""Share of the height up to which a car's width is taken."""
GLASS = (0.75, 0.92)
"""Shares of the height between which the slopes of windscreen and rear window are taken."""
CABIN = 0.8
"""Share of the height at which the cabin begins and ends: halfway up windscreen and rear window."""
MEASURES = (
    ("height", "height", "m"),
    ("width", "width without mirrors", "m"),
    ("bonnet", "bonnet: from the nose to the middle of the windscreen", "m"),
    ("boot", "boot: from the middle of the rear window to the rear", "m"),
    ("windscreen", "slope of the windscreen over the horizon", "degrees"),
    ("rear_window", "slope of the rear window over the horizon", "degrees"),
    ("bonnet_height", "height of the nose over that of the car", "share"),
    ("boot_height", "height of the rear over that of the car", "share"),
    ("roof_width", "width of the roof over that of the car", "share"),
    ("clearance", "ground clearance", "m"),
    ("wheels", "diameter of the wheels", "m"),
    ("front_overhang", "from the nose to the front axle", "m"),
    ("rear_overhang", "from the rear axle to the rear", "m"),
)


def measure(outline: Outline) -> dict[str, float]:
    """Measures of a car by name; lengths in lengths of the car, angles in degrees."""
    height, width = outline.height, outline.width(BELOW_MIRRORS)
    front, rear = outline.rise(CABIN * height), outline.rise(CABIN * height, rear=True)
    high = outline.points[outline.points[:, 1] > 0.85 * height]
    return {
        "height": height,
        "width": width,
        "bonnet": front,
        "boot": rear,
        "windscreen": _slope(outline, rear=False),
        "rear_window": _slope(outline, rear=True),
        "bonnet_height": outline.top(0.0, 0.12) / height,
        "boot_height": outline.top(0.92, 1.0) / height,
        "roof_width": float(np.ptp(high[:, 0])) / width,
        **_chassis(outline),
    }


def _slope(outline: Outline, rear: bool) -> float:
    """Angle over the horizon, degrees, of the windscreen or the rear window."""
    low, high = (share * outline.height for share in GLASS)
    run = outline.rise(high, rear) - outline.rise(low, rear)
    return float(np.degrees(np.arctan2(high - low, max(run, 0.0))))


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
    middle = float(np.mean(s[y < 0.3 * level])) if (y < 0.3 * level).any() else float(s[np.argmin(y)])
    # From outside inwards, the tyre is where the underside first comes down to the level.
    before, behind = (
        sign * reached(sign * s[side], -y[side], -level)
        for sign, side in ((1, s < middle), (-1, s >= middle))
    )
    half = (behind - before) / 2
    return (before + behind) / 2, (half**2 + level**2) / (2 * level)
