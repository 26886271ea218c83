"""The foreground provider `bundled`: what the location head of a pack finds, as a soft mask."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latentmapper.errors import MissingError
from latentmapper.photo.foreground import Candidate, Found, Mask, Request, cut_off, pick
from latentmapper.photo.framing import SIDE, extent, fitted_into
from latentmapper.photo.guided import follow_edges, resized
from latentmapper.photo.location import LIKELY, NEAR, boxes_of, logistic, main_pieces
from latentmapper.photo.reading import Photo
from latentmapper.photo.votes import UNLIKELY, Instance, cut_by_votes, elsewhere, finite, instances

BLED = 0.75
"""As `foreground.CUT`, of these masks, whose soft edges reach that of a photo with little room around it."""
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
        told = finite(request.locate(photo, request.categories))
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
    rival &= elsewhere(boxes_of(told), instance.box).reshape(odds.shape)
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
