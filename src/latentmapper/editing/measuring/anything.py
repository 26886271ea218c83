"""What can be measured on any object with a front: its proportions."""

import numpy as np

from latentmapper.editing.measuring.measure import Measure
from latentmapper.editing.measuring.outline import Outline

MEASURES = (
    Measure("height", "height", "m", "lower", "taller"),
    Measure("width", "width", "m", "narrower", "wider"),
    Measure("front_height", "height of the front third", "share", "a lower front", "a higher front"),
    Measure("rear_height", "height of the rear third", "share", "a lower rear", "a higher rear"),
    Measure("upper_width", "width of the upper third", "share", "a narrower top", "a wider top"),
    Measure("length", "length over width and height", "share", "shorter", "longer", ("height", "width")),
)


def measure(outline: Outline) -> dict[str, float]:
    """Measures of any object by name; lengths in lengths of the object."""
    x, y, s = outline.points.T
    height, width = outline.height, outline.width()
    return {
        "height": height,
        "width": width,
        "front_height": float(y[s < 1 / 3].max(initial=0.0)) / height,
        "rear_height": float(y[s > 2 / 3].max(initial=0.0)) / height,
        "upper_width": float(np.ptp(x[y > 2 / 3 * height])) / width,
        "length": float(1 / np.sqrt(height * width)),
    }
