"""What of a photo is the object: providers of foreground masks, behind one interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PhotoError, RefusedPhoto
from latentmapper.photo.pixels import MIN_SIDE
from latentmapper.photo.reading import Photo

ALPHA = "alpha"
NONE = "none"
EQUAL = 0.8
"""Share of the largest object's area from which another one is about as large."""
CUT = 0.1
"""Share of the object's height or width that has to lie along an edge of the picture to be cut by it."""
WHOLE = "; --foreground none looks at the whole picture"
"""What to try where no object is found, for whoever may."""
CUT_OFF = "the picture's edge cuts the object: what lies beyond is guessed; show all of it"

Mask = NDArray[np.float32]
"""(h, w), 0 background to 1 object, as large as the photo."""


@dataclass(frozen=True)
class Candidate:
    """One object that a provider found."""

    label: str
    """What the provider takes it for."""
    score: float
    """0..1, how sure it is."""
    share: float
    """0..1, of the picture's area."""
    box: tuple[float, float, float, float]
    """Top, left, bottom, right, in heights and widths of the picture."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        box = [round(value, 4) for value in self.box]
        return {"label": self.label, "score": round(self.score, 4), "share": round(self.share, 4), "box": box}


@dataclass(frozen=True)
class Request:
    """What is asked of a provider."""

    categories: tuple[str, ...]
    """What the object may be."""
    instance: int = 1
    """Which object, counted from the largest."""
    locate: Callable[[Photo, Sequence[str]], NDArray[np.float32]] | None = None
    """(n, n, 5) what the location head of the likeliest category's pack says of a photo, letterboxed."""


@dataclass(frozen=True)
class Found:
    """What a provider answers."""

    mask: Mask | None
    """None means the whole picture is looked at."""
    candidates: tuple[Candidate, ...] = ()
    """All objects it told apart, the largest first; none where it does not look for objects."""
    instance: int = 1
    """Which of them is masked, counted from 1."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""


class Foreground(Protocol):
    """Finds the object in a photo."""

    name: str
    """Which provider it is, as the user names it."""
    several: bool
    """Whether it tells several objects apart."""

    def find(self, photo: Photo, request: Request) -> Found:
        """The object's mask.

        Raises
        ------
        PhotoError : there is no such object, or its mask is of no use.
        MissingError : what the provider needs is not there.
        """
        ...

    def identity(self, photo: str) -> Any:
        """What decides the mask of a photo of this name, beside the photo: a JSON value."""
        ...


class Alpha:
    """The photo's own transparency: whoever cut the object out knew where it is."""

    name = ALPHA
    several = False

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`; None where the photo is opaque."""
        return Found(photo.alpha)

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return self.name


class Nothing:
    """No mask, whatever the photo holds: the whole picture, transparent parts in neutral grey."""

    name = NONE
    several = False

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`."""
        return Found(None)

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return self.name


def pick(objects: Sequence[tuple[Candidate, Mask]], request: Request, photo: str, provider: str) -> Found:
    """Choose among objects: the largest, or the one that was asked for.

    Raises
    ------
    RefusedPhoto : there is none.
    PhotoError : there are fewer than asked for, or the one chosen is too small to see.
    """
    nouns = " or ".join(request.categories)
    if not objects:
        raise RefusedPhoto(f"{photo}: {provider} finds no {nouns} in it{WHOLE}")
    ordered = sorted(objects, key=lambda each: -each[0].share)
    if request.instance > len(ordered):
        count = f"only {len(ordered)} {'is' if len(ordered) == 1 else 'are'} found"
        raise PhotoError(f"{photo}: --instance {request.instance}, but of {nouns} {count} by {provider}")
    mask = ordered[request.instance - 1][1]
    require_visible(mask, photo)
    candidates = tuple(candidate for candidate, _ in ordered)
    return Found(mask, candidates, request.instance, _doubts(candidates, request))


def require_visible(mask: Mask, photo: str) -> None:
    """Raise `PhotoError` where what a mask leaves is too small to see anything in."""
    on = mask > 0.5
    sides = [np.ptp(np.flatnonzero(on.any(axis=axis))) + 1 for axis in (0, 1)] if on.any() else [0]
    if max(sides) < MIN_SIDE:
        raise PhotoError(f"{photo}: the object is smaller than {MIN_SIDE} pixels; crop the photo around it")


def cut_off(mask: Mask, share: float = CUT) -> tuple[str, ...]:
    """A warning where an edge of the picture cuts the object.

    Parameters
    ----------
    share : as `CUT`.
    """
    on = mask > 0.5
    for axis, ends in ((0, (on[0], on[-1])), (1, (on[:, 0], on[:, -1]))):
        across = max(1, int(on.any(axis=axis).sum()))
        if any(end.sum() > share * across for end in ends):
            return (CUT_OFF,)
    return ()


def _doubts(candidates: Sequence[Candidate], request: Request) -> tuple[str, ...]:
    """A warning where another object might as well have been meant."""
    if request.instance > 1 or len(candidates) < 2 or candidates[1].share < EQUAL * candidates[0].share:
        return ()
    return ("two objects of about one size: the larger is taken; --instance 2 takes the other",)
