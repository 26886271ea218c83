"""How rendered views are shown to the ViT: as they are, or closer, as a photo is once its object is found."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.make.dataset.describer import Describer
from latentmapper.make.dataset.scene import View
from latentmapper.photo.framing import CLOSE, SIDE, Box, closer, extent, letterbox
from latentmapper.photo.location import Location, box

FEWEST = 50
"""Pixels of the object below which there is nothing to look closer at."""
LOOSE = 0.1
"""Half the range of the window's side, in longer sides of the object: boxes found in photos are not exact."""
ASIDE = 0.04
"""Half the range of its shift, in sides of the window."""

Look = Callable[[Sequence[View], Generator], NDArray[np.float32]]
"""Views -> pictures (n, height, width, 3) for the ViT, float32 0..1; squares but for `whole`."""


def whole(views: Sequence[View], rng: Generator) -> NDArray[np.float32]:
    """The views as they are."""
    return np.stack([view.image for view in views]).astype(np.float32) / np.float32(255)


def squares(views: Sequence[View], rng: Generator) -> NDArray[np.float32]:
    """The views fitted into squares, as a photo is."""
    shown = whole(views, rng)
    return shown if shown.shape[1:3] == (SIDE, SIDE) else np.stack([letterbox(each) for each in shown])


def closer_by_mask(views: Sequence[View], rng: Generator) -> NDArray[np.float32]:
    """Windows around what is visible of the object, varied since those found in photos are not exact."""
    return _windows(whole(views, rng), [true_box(view) for view in views], rng, 1.0)


def closer_by(location: Location, vit: Describer) -> Look:
    """Windows around what a pack with this head finds, varied a little."""

    def look(views: Sequence[View], rng: Generator) -> NDArray[np.float32]:
        shown = whole(views, rng)
        return _windows(shown, [box(told) for told in location(vit.describe(shown))], rng, 0.5)

    return look


def true_box(view: View) -> Box | None:
    """The box around what is visible of the object; None where that is hardly anything."""
    return extent(view.mask) if view.mask.sum() >= FEWEST else None


def _windows(
    pictures: NDArray[np.float32], boxes: Sequence[Box | None], rng: Generator, variation: float
) -> NDArray[np.float32]:
    shown = []
    for square, found in zip(pictures, boxes, strict=True):
        loose, down, right = variation * rng.uniform(-1, 1, 3) * (LOOSE, ASIDE, ASIDE)
        shown.append(square if found is None else closer(square, found, CLOSE + loose, (down, right)))
    return np.stack(shown)
