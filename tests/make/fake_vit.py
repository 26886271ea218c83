"""Describers simple enough to know every token of, and a head that reads them."""

import numpy as np

from latentmapper.features.dense import Dense
from latentmapper.features.vit import Tokens
from latentmapper.photo.location import Location, centres


class MeanColours:
    """Describes a patch by its mean colour."""

    sha256 = "0" * 64

    def describe(self, images: np.ndarray) -> Tokens:
        cells = images.reshape(len(images), 16, 14, 16, 14, 3).mean((2, 4))
        return Tokens(cells.mean((1, 2)), cells.astype(np.float32))

    def hidden(self, images: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class DenseColours(MeanColours):
    """The features of each of its three blocks are the patches' mean colours, times its number plus 1."""

    blocks = 3
    patch = 14

    def dense(self, images: np.ndarray, dense: Dense) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(images, (14, 14), (1, 2))
        colours = windows[:, :: dense.stride, :: dense.stride].mean((-1, -2))
        return np.concatenate([colours * (block + 1) for block in dense.blocks], -1, dtype=np.float32)


class PlacedColours(MeanColours):
    """Describes a patch by its mean colour and where it is: (red, green, blue, y, x), each 0..1."""

    def describe(self, images: np.ndarray) -> Tokens:
        colours = super().describe(images).patches
        places = np.broadcast_to(centres(16)[..., :2], (*colours.shape[:3], 2))
        cells = np.concatenate([colours, places], -1, dtype=np.float32)
        return Tokens(cells.mean((1, 2)), cells)


class BoxedColours(MeanColours):
    """Describes a patch by its mean colour and how far from it what is red ends, as a ViT might know it."""

    def describe(self, images: np.ndarray) -> Tokens:
        colours = super().describe(images).patches
        red = (colours[..., 0] > 0.6) & (colours[..., 1] < 0.3)
        reaches = [(np.array(_edges(one)) - centres(16)) * (-1, -1, 1, 1) for one in red]
        cells = np.concatenate([colours, np.stack(reaches)], -1, dtype=np.float32)
        return Tokens(cells.mean((1, 2)), cells)


def _edges(on: np.ndarray) -> tuple[float, ...]:
    if not on.any():
        return 0.0, 0.0, 0.0, 0.0
    rows, columns = np.flatnonzero(on.any(1)), np.flatnonzero(on.any(0))
    return tuple(np.array((rows[0], columns[0], rows[-1] + 1, columns[-1] + 1)) / 16)


def head_for(box: tuple[float, float, float, float], channels: int = 5) -> Location:
    """Takes bright patches for the object, and says that it ends where `box` does, in sides of the picture.

    It reads the tokens of `PlacedColours`: brightness first, y and x last.
    """
    top, left, bottom, right = box
    weight1, weight2 = np.zeros((channels, 3), np.float32), np.zeros((3, 5), np.float32)
    weight1[0, 0] = weight1[-2, 1] = weight1[-1, 2] = 1
    weight2[0, 0] = 8
    weight2[1, [1, 3]] = weight2[2, [2, 4]] = 1, -1
    return Location(
        weight1, np.zeros(3, np.float32), weight2, np.array([-4, -top, -left, bottom, right], np.float32)
    )
