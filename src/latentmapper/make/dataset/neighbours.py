"""A second object beside the one that a picture is of, as on a parking lot: the same shape otherwise seen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from latentmapper.make.dataset.scene import View
from latentmapper.photo.framing import extent

SIZES = (0.6, 0.95)
"""Longer side of a neighbour, in longer sides of the object: what the picture is of is the largest."""
GAP = (-0.35, 0.1)
"""Between object and neighbour, in widths of the neighbour; below 0 it stands behind the object."""


def with_neighbours(views: Sequence[View], share: float, rng: Generator) -> list[View]:
    """The views, a share of them with what another one shows put beside and behind what they show."""
    step = int(rng.integers(1, max(2, len(views))))
    others = [*views[step:], *views[:step]]
    crowded = rng.random(len(views)) < share
    triples = zip(views, others, crowded, strict=True)
    return [beside(view, other, rng) if often else view for view, other, often in triples]


def beside(view: View, other: View, rng: Generator) -> View:
    """A view with what another one shows put to its left or right, behind it.

    Where something hides part of the object, the view stays as it is: the masks do not say what stands
    before what.
    """
    here, there = extent(view.mask), extent(other.mask)
    if here is None or there is None or view.occlusion > 0:
        return view
    rgb, mask = _resized(other, there, rng.uniform(*SIZES) * _longer(here) / _longer(there))
    height, width = mask.shape
    gap = rng.uniform(*GAP) * width
    left = here[3] + gap if rng.random() < 0.5 else here[1] - gap - width
    # They stand on the same ground, the farther one a little higher in the picture.
    top = here[2] - height - rng.uniform(0, 0.15) * (here[2] - here[0])
    return replace(view, image=_put_behind(view, rgb, mask, round(top), round(left)))


def _resized(
    view: View, place: tuple[int, int, int, int], scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """What a view shows in a box: (h, w, 3) colours and (h, w) mask."""
    top, left, bottom, right = place
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    cut = np.s_[top:bottom, left:right]
    rgb = Image.fromarray(view.image[cut]).resize(size, Image.Resampling.LANCZOS)
    mask = Image.fromarray(view.mask[cut]).resize(size, Image.Resampling.NEAREST)
    return np.asarray(rgb), np.asarray(mask)


def _put_behind(
    view: View, rgb: NDArray[np.uint8], mask: NDArray[np.bool_], top: int, left: int
) -> NDArray[np.uint8]:
    image = view.image.copy()
    y, x = np.nonzero(mask)
    inside = (y + top >= 0) & (y + top < len(image)) & (x + left >= 0) & (x + left < image.shape[1])
    y, x = y[inside], x[inside]
    free = ~view.mask[y + top, x + left]
    image[y[free] + top, x[free] + left] = rgb[y[free], x[free]]
    return image


def _longer(place: tuple[int, int, int, int]) -> int:
    return max(place[2] - place[0], place[3] - place[1])
