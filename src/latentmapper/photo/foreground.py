"""What of a photo is the object: providers of foreground masks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentmapper.photo.reading import Photo

Mask = NDArray[np.float32]
"""(h, w), 0 background to 1 object, as large as the photo."""

Foreground = Callable[[Photo], Mask | None]
"""Finds the object in a photo; None means the whole picture is looked at."""


def from_alpha(photo: Photo) -> Mask | None:
    """The photo's own transparency: whoever cut the object out knew where it is."""
    return photo.alpha


def nothing(photo: Photo) -> Mask | None:
    """No mask, whatever the photo holds: the whole picture, transparent parts in neutral grey."""
    return None
