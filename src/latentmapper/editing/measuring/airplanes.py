"""What is measured on an airplane.

A measure that jumps where the shape hardly moves can be no slider: hence means, medians, and borders that are
crossed little by little.
"""

from itertools import pairwise

import numpy as np

from latentmapper.editing.measuring.measure import Measure
from latentmapper.editing.measuring.outline import Outline

STATIONS = np.linspace(0.85, 0.5, 8)
"""Shares of the half span at which the wing is looked at, from outside: as far in as tailplane and engines
leave it alone."""
BAND = 0.025
"""Half the width, in lengths, of the strip that is looked at around a station."""
GAP = 0.07
"""Lengths without a point that part the wing from what lies before or behind it."""
FORE = np.linspace(0.2, 0.35, 6)
"""Places behind the nose between which the body is all there is in the middle, but for a leg of the gear."""
REAR = 0.85
"""Behind this place lies the tail."""
FALL = 6.0
"""Lengths that a place counts lower, or nearer to the middle, for each length that it lies before the tail:
what comes to lie behind that border does so little by little."""
WIDEST = 0.35
"""Half the span, in lengths, of the largest tailplane: farther out are wings whose tips lie that far back."""
NEAR_BODY = (0.08, 0.16)
"""Distances from the middle between which what is near the body ends, little by little."""

MEASURES = (
    Measure("span", "wing span", "m", "shorter wings", "longer wings"),
    Measure("height", "height", "m", "lower", "taller", ("body", "tail_height", "ground")),
    Measure("body", "thickness of the body", "m", "a thinner body", "a thicker body"),
    Measure("wing_place", "nose to outer wing", "m", "wings further forward", "wings further back"),
    Measure("sweep", "sweep of the leading edge", "degrees", "straighter wings", "more swept wings"),
    Measure("chord", "depth of the wing", "m", "slimmer wings", "deeper wings"),
    Measure("wing_level", "height of the wing over the belly", "share", "a lower wing", "a higher wing"),
    Measure("tail_height", "height of the tail over the body", "m", "a lower fin", "a taller fin"),
    Measure("tail_span", "span of the tailplane", "m", "a smaller tailplane", "a larger tailplane"),
    Measure(
        "tail_level", "height of the tailplane on the fin", "share", "a lower tailplane", "a higher tailplane"
    ),
    Measure("rear_width", "width of the body before the tail", "m", "a slimmer rear", "more at the rear"),
    Measure("ground", "body over the lowest point", "m", "closer to the ground", "higher off the ground"),
)


def measure(outline: Outline) -> dict[str, float]:
    """Measures of an airplane by name; lengths in lengths of the airplane, angles in degrees."""
    low, high = _body(outline)
    return {
        "span": outline.width(),
        "height": outline.height,
        "body": high - low,
        **_wing(outline, low, high),
        **_tail(outline, low, high),
        "rear_width": _rear_width(outline),
        "ground": low,
    }


def _body(outline: Outline) -> tuple[float, float]:
    """Belly and back of the body, the medians over pieces of `FORE`: a leg or an aerial is in one of them."""
    s, y = outline.middle.T
    pieces = [y[(s >= first) & (s < last)] for first, last in pairwise(FORE)]
    ends = [(piece.min(), piece.max()) for piece in pieces if len(piece)] or [(0.0, outline.height)]
    low, high = np.median(ends, axis=0)
    return float(low), float(high)


def _wing(outline: Outline, low: float, high: float) -> dict[str, float]:
    """The outer wing, its leading edge a straight line (Theil and Sen) whatever hangs before it; `low` and
    `high` are belly and back of the body."""
    from scipy.stats import theilslopes

    outer = _strips(outline)
    if len(outer) < 2:
        return {}
    x, front, rear, level = outer.T
    chord, slope = float(np.median(rear - front)), float(np.asarray(theilslopes(front, x))[0])
    return {
        "wing_place": float(np.median(front)) + chord / 4,
        "sweep": float(np.degrees(np.arctan(slope))),
        "chord": chord,
        "wing_level": float((level.mean() - low) / max(high - low, 2 * BAND)),
    }


def _strips(outline: Outline) -> np.ndarray:
    """(k, 4) distance from the middle, foremost and rearmost place s, and mean height y of the wing at its
    stations, followed inwards from the tip: what lies before or behind it is left out."""
    x, y, s = outline.points.T
    side, rows = np.abs(x), []
    half = side.max()
    at = s[side > 0.9 * half].mean()
    for station in STATIONS * half:
        strip = np.flatnonzero(np.abs(side - station) < BAND)
        if len(strip):
            wing = min(_pieces(strip, s), key=lambda piece: abs(s[piece].mean() - at))
            at = s[wing].mean()
            rows.append((station, s[wing].min(), s[wing].max(), y[wing].mean()))
    return np.array(rows).reshape(-1, 4)


def _pieces(strip: np.ndarray, s: np.ndarray) -> list[np.ndarray]:
    """Numbers of points (n,), in the rows along s that no gap parts."""
    strip = strip[np.argsort(s[strip])]
    return np.split(strip, np.flatnonzero(np.diff(s[strip]) > GAP) + 1)


def _tail(outline: Outline, low: float, high: float) -> dict[str, float]:
    """Fin and tailplane; `low` and `high` are belly and back of the body."""
    x, y, s = outline.points.T
    side, before = np.abs(x), FALL * np.maximum(REAR - s, 0)
    top = float((y - before).max())
    reach = float((side - before - FALL / 2 * np.maximum(side - WIDEST, 0)).max())
    tips = _ramp(s, REAR - 0.05, REAR + 0.05) * _ramp(side / max(reach, BAND), 0.45, 0.75)
    middle = (low + high) / 2
    level = float(np.average(y, weights=tips)) - middle if tips.any() else 0.0
    return {
        "tail_height": top - high,
        "tail_span": 2 * reach,
        "tail_level": level / max(top - middle, 2 * BAND),
    }


def _rear_width(outline: Outline) -> float:
    """Width of what is near the body before the tail: engines at the rear make it wide. Pi times the mean
    distance from the middle, which is the diameter of a tube."""
    x, _, s = outline.points.T
    side = np.abs(x[(s > 0.72) & (s < 0.82)])
    near = 1 - _ramp(side, *NEAR_BODY)
    return np.pi * float(np.average(side, weights=near)) if near.any() else 0.0


def _ramp(values: np.ndarray, first: float, last: float) -> np.ndarray:
    """0 up to the first value, 1 from the last, straight between."""
    return np.clip((values - first) / (last - first), 0, 1)
