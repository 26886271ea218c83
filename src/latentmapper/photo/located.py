"""The foreground provider `bundled`: what the location head of a pack finds, as a soft mask."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latentmapper.errors import MissingError
from latentmapper.photo.foreground import CUT_OFF, EQUAL, Candidate, Found, Mask, Request, cut_off, pick
from latentmapper.photo.framing import SIDE, extent, fitted_into
from latentmapper.photo.guided import follow_edges, resized
from latentmapper.photo.location import (
    ALIKE,
    FEWEST,
    LIKELY,
    NEAR,
    boxes_of,
    logistic,
    main_pieces,
    overlaps,
    unbounded,
)
from latentmapper.photo.reading import Photo

APART = 0.3
"""Intersection over union up to which a patch's vote is for another object than the one in a box."""
BLED = 0.75
"""As `foreground.CUT`, of these masks, whose soft edges reach that of a photo with little room around it."""
BEYOND = 0.1
"""Share of its own height or width that an object's patches place beyond an edge of the picture if that cuts
it: complete ones, however close the picture ends, are hardly ever placed so far out."""
UNLIKELY = -6.0
"""Log-odds that stand in for those of patches of other objects."""
WIDE = 1.0
"""Log-odds by which masks are too wide: a patch votes for an object of which it shows a corner."""
LEFT = 0.5
"""Share of a mask that has to be left when its edges are drawn to those of the photo."""


class Located:
    """Objects by the votes of a location head's patches. See `photo/location.py`.

    The head sees the photo in 16 x 16 patches; edges are drawn to those of the picture.
    """

    name = "bundled"
    several = True

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`."""
        if request.locate is None:
            raise MissingError("--foreground bundled needs a pack that finds the object; choose another")
        told = np.nan_to_num(request.locate(photo, request.categories), nan=UNLIKELY).clip(-30, 30)
        label = " or ".join(request.categories)
        objects = [_object(told, each, label, photo) for each in instances(told)]
        found = pick(objects, request, photo.name, "the pack's location head")
        assert found.mask is not None
        cut = cut_off(found.mask, BLED)
        if not cut and len(objects) == 1:
            cut = cut_by_votes(told, (photo.rgb.shape[0], photo.rgb.shape[1]))
        return replace(found, warnings=(*found.warnings, *cut))

    def identity(self, photo: str) -> Any:
        """See `Foreground`; the pack, which the head belongs to, is known besides."""
        return self.name


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
        free &= ~members & _elsewhere(boxes, box)


def rivals(told: NDArray[np.float32]) -> tuple[str, ...]:
    """A warning where nobody chose between two objects of about one size.

    Parameters
    ----------
    told : (n, n, 5) what a `Location` says of the patches.
    """
    finite = np.nan_to_num(told, nan=UNLIKELY).clip(-30, 30)
    sizes = sorted(float((each.box[2:] - each.box[:2]).prod()) for each in instances(finite))
    if len(sizes) < 2 or sizes[-2] < EQUAL * sizes[-1]:
        return ()
    return (
        "two objects of about one size: --foreground bundled takes the larger, with --instance 2 the other",
    )


def cut_by_votes(told: NDArray[np.float32], size: tuple[int, int]) -> tuple[str, ...]:
    """A warning where patches place the object with the most votes beyond an edge of the picture.

    Roofs and wheels that are missing are told by this. A front or a rear is not: what is left is placed at
    the edge, and so is a complete car that fills the picture.

    Parameters
    ----------
    told : (n, n, 5) what a `Location` says of the patches.
    size : height and width of the picture that is letterboxed in the square, pixels.
    """
    finite = np.nan_to_num(told, nan=UNLIKELY).clip(-30, 30)
    first = next(instances(finite), None)
    if first is None:
        return ()
    votes = first.members.ravel()
    chance = logistic(finite[..., 0].astype(np.float64)).ravel()[votes]
    top, left, bottom, right = np.average(unbounded(finite)[votes], axis=0, weights=chance)
    above, before, tall, wide = np.array(fitted_into(size, (SIDE, SIDE))) / SIDE
    high = max(above - top, bottom - above - tall) / (bottom - top)
    across = max(before - left, right - before - wide) / (right - left)
    return (CUT_OFF,) if max(high, across) >= BEYOND else ()


def _elsewhere(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(v,) which of boxes (v, 4) are of another object than the one in a box (4,)."""
    return overlaps(np.concatenate([box[None], boxes]))[0, 1:] <= APART


def _object(
    told: NDArray[np.float32], instance: Instance, label: str, photo: Photo
) -> tuple[Candidate, Mask]:
    """What is known of one object, and its mask in the photo."""
    mask = _in_photo(_soft(told, instance), photo)
    height, width = mask.shape
    top, left, bottom, right = extent(mask > LIKELY) or (0, 0, 0, 0)
    edges = top / height, left / width, bottom / height, right / width
    return Candidate(label, instance.score, float((mask > LIKELY).mean()), edges), mask


def _soft(told: NDArray[np.float32], instance: Instance) -> Mask:
    """(SIDE, SIDE) the chance that pixels of the square show an object, as far as they are near its box."""
    odds = told[..., 0].astype(np.float64)
    rival = ~instance.members & (odds > 0)
    rival &= _elsewhere(boxes_of(told), instance.box).reshape(odds.shape)
    odds = np.where(rival, UNLIKELY, odds)
    fine = np.asarray(ndimage.zoom(odds, SIDE / len(odds), order=1, mode="nearest", grid_mode=True))
    near = _near(instance.box)
    # Beyond half a patch around the pieces of the object there is nothing of it.
    pieces = main_pieces((logistic(fine) > LIKELY) & near)
    around = np.asarray(ndimage.binary_dilation(pieces, iterations=SIDE // len(odds) // 2), bool)
    return np.where(around & near, logistic(fine), 0).astype(np.float32)


def _near(box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(SIDE, SIDE) which pixels of the square lie in a box or not far from it."""
    room = NEAR * (box[2:] - box[:2])
    y, x = (np.arange(SIDE)[:, None] + 0.5) / SIDE, (np.arange(SIDE)[None] + 0.5) / SIDE
    rows = (y >= box[0] - room[0]) & (y < box[2] + room[0])
    return rows & (x >= box[1] - room[1]) & (x < box[3] + room[1])


def _in_photo(square: Mask, photo: Photo) -> Mask:
    """What a square says of the photo that is letterboxed in it, (h, w), with the photo's edges."""
    rows, columns, _ = photo.rgb.shape
    top, left, height, width = fitted_into((rows, columns), (SIDE, SIDE))
    part = square[top : top + height, left : left + width]
    plain, drawn = resized(part, (rows, columns)), follow_edges(_narrowed(part), photo.rgb)
    # What is small beside the filter's windows is averaged away in them.
    return drawn if (drawn > 0.5).sum() > LEFT * (plain > 0.5).sum() else plain


def _narrowed(chances: Mask) -> Mask:
    """Chances with `WIDE` taken off their log-odds."""
    return (chances / (chances + (1 - chances) * np.exp(WIDE))).astype(np.float32)
