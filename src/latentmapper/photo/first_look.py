"""The first look at a photo, at a small picture of it where that tells enough."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.features.vit import Tokens
from latentmapper.photo.framing import image_of

SURE = 2.0
"""Log-odds (88 %) from which a glance decides on a category; in more doubt, the whole is looked at."""


class Looking(Protocol):
    """What gives the tokens of pictures: a `ViT`."""

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures (b, 224, 224, 3) float32 RGB 0..1."""
        ...

    def glance(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of smaller pictures."""
        ...


class Judge(Protocol):
    """What tells by tokens whether a picture shows something: a `Pack`."""

    @property
    def glance(self) -> int | None:
        """Side of the small picture that it can judge by, pixels; None where it wants the whole."""
        ...

    def odds(self, tokens: Tokens) -> float:
        """Log-odds by the tokens of one picture, of either size."""
        ...


def look_first(
    exact: Looking, fast: Looking | None, square: NDArray[np.float32], judges: Mapping[str, Judge]
) -> tuple[Tokens, dict[str, float]]:
    """Look at a photo for the first time: where in it the object is, and what it shows.

    A glance at a small picture costs the ViT a third of the patches, or less. Where it leaves doubt of any
    category, or one of the judges has not learned to judge by it, the whole square is looked at.

    Parameters
    ----------
    exact : looks at whole squares.
    fast : looks at small ones; None where the whole is to be looked at in any case.
    square : (224, 224, 3) float32 RGB 0..1.
    judges : by the category that each tells.

    Returns
    -------
    tokens : the final ones, a batch of one, of the small square or of the whole.
    odds : category -> log-odds that the photo shows it.
    """
    sides = {judge.glance for judge in judges.values()}
    if fast is not None and len(sides) == 1 and (side := sides.pop()) is not None:
        tokens = fast.glance(shrunk(square, side)[None])
        odds = {category: judge.odds(tokens) for category, judge in judges.items()}
        if all(abs(each) >= SURE for each in odds.values()):
            return tokens, odds
    tokens = exact.describe(square[None])
    return tokens, {category: judge.odds(tokens) for category, judge in judges.items()}


def shrunk(square: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """A square picture (s, s, 3) float32 0..1 in fewer pixels, antialiased."""
    small = image_of(square).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(small, np.float32) / np.float32(255)
