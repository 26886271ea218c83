"""Where the scale of a drawing ends."""

import numpy as np


def round_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 8, 10 times a power of ten, so that quarters of it read well."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value))
