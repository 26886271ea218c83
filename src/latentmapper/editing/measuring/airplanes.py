"""What is measured on an airplane."""

import numpy as np

from latentmapper.editing.measuring.measure import Measure
from latentmapper.editing.measuring.outline import Outline

STATIONS = np.linspace(0.5, 0.85, 8)
"""Shares of the half span at which the wing is looked at: outside of tailplane and inner engines."""
BAND = 0.025
"""Half the width, in lengths, of the strip that is looked at around a station."""
GAP = 0.07
"""Lengths without a point that part the wing from what lies before or behind it."""
FORE = (0.2, 0.35)
"""Places behind the nose between which the body is all there is in the middle."""
REAR = 0.85
"""Behind this place lies the tail."""

MEASURES = (
    Measure("span", "wing span", "m", "shorter wings", "longer wings"),
    Measure("height", "height", "m", "lower", "taller", ("body", "tail_height", "ground")),
    Measure("body", "thickness of the body", "m", "a thinner body", "a thicker body"),
    Measure("wing_place", "nose to outer wing", "m", "wings further forward", "wings further back"),
    Measure("sweep", "sweep of the leading edge", "degrees", "straighter wings", "more swept wings"),
    Measure("chord", "depth of the wing", "m", "slimmer wings", "deeper wings"),
    Measure("wing_level", "height of the wing over the belly", "share", "a lower wing", "a higher wing"),
    Measure("tail_height", "height of the fin over the body", "m", "a lower fin", "a taller fin"),
    Measure("tail_span", "span of the tailplane", "m", "a smaller tailplane", "a larger tailplane"),
    Measure(
        "tail_level", "height of the tailplane on the fin", "share", "a lower tailplane", "a higher tailplane"
    ),
    Measure("rear_width", "width of the body before the tail", "m", "a slimmer rear", "more at the rear"),
    Measure("ground", "body over the lowest point", "m", "closer to the ground", "higher off the ground"),
)


def measure(outline: Outline) -> dict[str, float]:
    """Measures of an airplane by name; lengths in lengths of the airplane, angles in degrees."""
    s, y = outline.middle.T
    fore = y[(s > FORE[0]) & (s < FORE[1])]
    low, high = (float(fore.min()), float(fore.max())) if len(fore) else (0.0, outline.height)
    return {
        "span": outline.width(),
        "height": outline.height,
        "body": high - low,
        **_wing(outline, low, high),
        **_tail(outline, low, high),
        "rear_width": _rear_width(outline),
        "ground": low,
    }


def _wing(outline: Outline, low: float, high: float) -> dict[str, float]:
    """The outer wing, its leading edge a straight line (Theil and Sen) whatever hangs before it; `low` and
    `high` are belly and back of the body."""
    from scipy.stats import theilslopes

    outer = _edges(outline, STATIONS * outline.width() / 2)
    if len(outer) < 2:
        return {}
    x, front, rear, level = outer.T
    chord, slope = float(np.median(rear - front)), float(np.asarray(theilslopes(front, x))[0])
    return {
        "wing_place": float(np.median(front)) + chord / 4,
        "sweep": float(np.degrees(np.arctan(slope))),
        "chord": chord,
        "wing_level": float((np.median(level) - low) / max(high - low, BAND)),
    }


def _edges(outline: Outline, stations: np.ndarray) -> np.ndarray:
    """(k, 4) distance from the middle, foremost and rearmost place s, and mean height y, at stations along
    the wing that have any points."""
    x, y, s = outline.points.T
    side, rows = np.abs(x), []
    for station in stations:
        near = np.abs(side - station) < BAND
        if near.any():
            wing = _largest(s[near])
            rows.append((station, s[near][wing].min(), s[near][wing].max(), np.median(y[near][wing])))
    return np.array(rows).reshape(-1, 4)


def _largest(along: np.ndarray) -> np.ndarray:
    """(n,) bool: the longest row of places without a gap, by the number of points in it."""
    order = np.argsort(along)
    piece = np.empty(len(along), int)
    piece[order] = np.cumsum(np.diff(along[order], prepend=along[order[0]]) > GAP)
    return piece == np.bincount(piece).argmax()


def _tail(outline: Outline, low: float, high: float) -> dict[str, float]:
    """Fin and tailplane; `low` and `high` are belly and back of the body."""
    x, y, s = outline.points.T
    rear = s > REAR
    reach = float(np.abs(x[rear]).max(initial=0.0))
    top = float(y[rear & (np.abs(x) < BAND)].max(initial=high))
    tips = y[rear & (np.abs(x) > 0.6 * reach)]
    middle = (low + high) / 2
    level = (float(np.median(tips)) - middle) / max(top - middle, BAND) if len(tips) else 0.0
    return {"tail_height": top - high, "tail_span": 2 * reach, "tail_level": level}


def _rear_width(outline: Outline) -> float:
    """Width of what is near the body before the tail: engines at the rear make it wide."""
    x, _, s = outline.points.T
    near = np.abs(x[(s > 0.72) & (s < 0.82)])
    near = near[near < 0.12]
    return 2 * float(np.quantile(near, 0.9)) if len(near) else 0.0
