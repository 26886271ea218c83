"""Objects by the votes of a location head's patches: how many there are, and what speaks against them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.photo.foreground import CUT_OFF, EQUAL
from latentmapper.photo.framing import SIDE, fitted_into
from latentmapper.photo.location import ALIKE, FEWEST, boxes_of, logistic, overlaps, unbounded

APART = 0.3
"""Intersection over union up to which a patch's vote is for another object than the one in a box."""
BEYOND = 0.1
"""Share of its own height or width that an object's patches place beyond an edge of the picture if that cuts
it: complete ones, however close the picture ends, are hardly ever placed so far out."""
UNLIKELY = -6.0
"""Log-odds of patches that say nothing, and of those of other objects."""


def finite(told: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a `Location` says of patches (n, n, 5), as far as it is numbers."""
    return np.nan_to_num(told, nan=UNLIKELY).clip(-30, 30)


@dataclass(frozen=True)
class Instance:
    """One object that patches agree on."""

    members: NDArray[np.bool_]
    """(n, n) the patches that vote for it."""
    box: NDArray[np.float64]
    """(4,) top, left, bottom, right, in sides of the picture: the mean of their votes."""
    score: float
    """Mean chance that they show an object."""


def instances(told: NDArray[np.float32]) -> Iterator[Instance]:
    """Objects in a picture, that with the most votes first.

    Parameters
    ----------
    told : (n, n, 5) finite, what a `Location` says of the patches.
    """
    chance = logistic(told[..., 0].astype(np.float64)).ravel()
    boxes, free = boxes_of(told), chance > 0.5
    alike = (overlaps(boxes) > ALIKE) | np.eye(len(boxes), dtype=bool)
    while free.any():
        support = np.where(free, (alike & free) @ chance, 0)
        members = alike[support.argmax()] & free
        if chance[members].sum() < FEWEST:
            return
        box = np.average(boxes[members], axis=0, weights=chance[members])
        yield Instance(members.reshape(told.shape[:2]), box, float(chance[members].mean()))
        # A vote between two objects goes to the one that was found first.
        free &= ~members & elsewhere(boxes, box)


def rivals(told: NDArray[np.float32]) -> tuple[str, ...]:
    """A warning where nobody chose between two objects of about one size.

    Parameters
    ----------
    told : (n, n, 5) finite, what a `Location` says of the patches.
    """
    sizes = sorted(float((each.box[2:] - each.box[:2]).prod()) for each in instances(told))
    if len(sizes) < 2 or sizes[-2] < EQUAL * sizes[-1]:
        return ()
    return (
        "two objects of about one size; --foreground bundled takes the larger, with --instance 2 the other",
    )


def cut_by_votes(told: NDArray[np.float32], size: tuple[int, int]) -> tuple[str, ...]:
    """A warning where patches place the object with the most votes beyond an edge of the picture.

    Roofs and wheels that are missing are told by this. A front or a rear is not: what is left is placed at
    the edge, and so is a complete car that fills the picture.

    Parameters
    ----------
    told : (n, n, 5) finite, what a `Location` says of the patches.
    size : height and width of the picture that is letterboxed in the square, pixels.
    """
    first = next(instances(told), None)
    if first is None:
        return ()
    votes = first.members.ravel()
    chance = logistic(told[..., 0].astype(np.float64)).ravel()[votes]
    top, left, bottom, right = np.average(unbounded(told)[votes], axis=0, weights=chance)
    above, before, tall, wide = np.array(fitted_into(size, (SIDE, SIDE))) / SIDE
    high = max(above - top, bottom - above - tall) / (bottom - top)
    across = max(before - left, right - before - wide) / (right - left)
    return (CUT_OFF,) if max(high, across) >= BEYOND else ()


def elsewhere(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(v,) which of boxes (v, 4) are of another object than the one in a box (4,)."""
    return overlaps(np.concatenate([box[None], boxes]))[0, 1:] <= APART
