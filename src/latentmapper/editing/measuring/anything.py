"""What can be measured on any object with a front: its proportions."""

import numpy as np

from latentmapper.editing.measuring.outline import Outline

MEASURES = (
    ("height", "height", "m"),
    ("width", "width", "m"),
    ("front_height", "height of the front third over the whole", "share"),
    ("rear_height", "height of the rear third over the whole", "share"),
    ("upper_width", "width of the upper third over the whole", "share"),
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
    }
