"""Whether pictures are prepared for the ViT as those were that something has learned from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.features.vit import MEAN, SIZE, STD

CLOSE = 1e-5
"""How far mean and deviation in a file, short numbers for people, may be from the ones used."""


def preprocessing_problem(told: Mapping[str, Any]) -> str | None:
    """How pictures that something was made for differ from those that a `ViT` is shown; None if they do not.

    Parameters
    ----------
    told : `size`, pixels, and `mean` and `std` of the channels, as packs record them; none has to be there.
    """
    for name, used in (("size", SIZE), ("mean", MEAN), ("std", STD)):
        if name in told and not _same(told[name], used):
            shown = used if isinstance(used, int) else [round(float(each), 6) for each in used]
            return f"wants pictures whose {name} is {told[name]!r:.60}, this version shows those of {shown}"
    return None


def _same(told: Any, used: int | NDArray[np.float32]) -> bool:
    """Whether what a file tells, which may be anything, is a number or the numbers that are used."""
    try:
        known = np.asarray(told, np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    return known.shape == np.shape(used) and bool(np.allclose(known, used, rtol=0, atol=CLOSE))
