"""From where a photo was taken, as a pack tells it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError

UNSURE = 0.3
"""Confidence below which a view is hardly better than a guess."""
ROLL_UNIT = 10.0
"""Degrees of roll that the number 1 stands for."""
NUMBERS = ("x", "y", "z", "roll")
"""What a view head gives: the direction towards the camera, canonical frame, shorter the less sure it is, and
in some the roll."""


@dataclass(frozen=True)
class View:
    """The camera's direction, in the terms of `Camera`."""

    azimuth: float
    """Degrees: 0 looks at the object's front, 90 at its left side."""
    elevation: float
    """Degrees above the ground plane."""
    roll: float
    """Degrees; positive turns the object clockwise in the picture; 0 where the pack does not tell it."""
    confidence: float
    """0..1, how far the pack commits itself to the direction."""

    @classmethod
    def of(cls, numbers: NDArray[np.floating]) -> "View":
        """From what a view head gives, (3,) or (4,): see `NUMBERS`."""
        x, y, z, *roll = (float(value) for value in numbers)
        length = float(np.linalg.norm((x, y, z)))
        return cls(
            azimuth=float(np.degrees(np.arctan2(x, z))) % 360,
            elevation=float(np.degrees(np.arctan2(y, np.hypot(x, z)))),
            roll=ROLL_UNIT * roll[0] if roll else 0.0,
            confidence=min(1.0, length),
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """A warning where the view is hardly known."""
        return ("unsure from where the photo was taken",) if self.confidence < UNSURE else ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: round(value, 3) for name, value in vars(self).items()}


def tells_view(metadata: dict[str, Any]) -> bool:
    """Whether a pack tells the view, by its metadata. Raises `PackError` where it does in another way."""
    told = metadata.get("view")
    if told is not None and told not in (list(NUMBERS), list(NUMBERS[:3])):
        raise PackError(f"pack {metadata['id']} tells the view in other numbers; pip install -U latentmapper")
    return told is not None


def no_place(pack_id: str) -> str:
    """What to tell where a pack knows from where a photo was taken, but not where in it the object is."""
    fix = (
        "choose a --foreground that gives a mask, or build it with: latentmapper packs build --location FILE"
    )
    return f"pack {pack_id} does not tell where in a photo the object is; {fix}"


def not_found() -> str:
    """What to tell where it was not found where in a photo the object is."""
    fix = "give a mask of it, by --foreground or --mask"
    return f"it was not found where in the photo the object is, so there is no place for its outline; {fix}"


def no_view(pack_id: str) -> str:
    """What to tell whoever asks a pack for a view that it does not know, and what to do."""
    making = "latentmapper train view, latentmapper packs view"
    return f"pack {pack_id} does not tell where photos are taken from; make one that does with: {making}"
