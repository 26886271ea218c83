"""Where in a picture the object is: a small head on the final tokens of the ViT's patches."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.features.vit import Tokens
from latentmapper.photo.framing import SIDE, Box, extent

PREFIX = "location_"
LIKELY = 0.4
"""Probability from which a pixel belongs to the object: a wing cut off costs more than a loose window."""
FEWEST = 0.006
"""Share of the square below which nothing was found: one and a half patches of 256."""
PART = 0.05
"""A piece apart from the largest belongs to the object if it is at least this share of it."""


@dataclass(frozen=True)
class Location:
    """A perceptron from a patch's token to whether the patch shows the object.

    Tokens of the last block have seen the whole picture, so one at a time is enough.
    """

    weight1: NDArray[np.float32]
    """(width, hidden)."""
    bias1: NDArray[np.float32]
    """(hidden,)."""
    weight2: NDArray[np.float32]
    """(hidden,)."""
    bias2: NDArray[np.float32]
    """(1,)."""

    def __call__(self, tokens: Tokens) -> NDArray[np.float32]:
        """(b, rows, columns) log-odds that a patch shows some of the object."""
        # einsum, not a matrix product: BLAS would wake threads of its own for so small a one.
        hidden = np.einsum("brcw,wh->brch", tokens.patches, self.weight1) + self.bias1
        return np.maximum(hidden, 0) @ self.weight2 + self.bias2

    @classmethod
    def read(cls, path: Path) -> "Location":
        """Read a file of `latentmapper train location`. Raises `StoreError` where it is none."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            return cls.from_arrays(load_file(path))
        except (OSError, SafetensorError, KeyError) as error:
            made = "make one with: latentmapper train location"
            raise StoreError(f"{path} holds no head that finds the object ({error}); {made}") from None

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray]) -> "Location":
        """Out of the arrays of a pack. Raises `KeyError` where one is missing."""
        return cls(**{name: arrays[PREFIX + name].astype(np.float32) for name in cls.__dataclass_fields__})

    def to_arrays(self) -> dict[str, NDArray[np.float32]]:
        """As a pack stores them."""
        return {PREFIX + name: getattr(self, name) for name in self.__dataclass_fields__}


def box(odds: NDArray[np.float32], side: int = SIDE) -> Box | None:
    """The box around the object, pixels of a square picture; None where there is hardly any.

    Parameters
    ----------
    odds : (n, n) log-odds of patches.
    side : of the picture.
    """
    from scipy import ndimage

    # Interpolated between the patches' centres, the edge is found to a fraction of a patch.
    fine = ndimage.zoom(odds.astype(np.float64), side / len(odds), order=1, mode="nearest", grid_mode=True)
    on = _main_pieces(fine > np.log(LIKELY / (1 - LIKELY)))
    return extent(on) if on.mean() >= FEWEST else None


def _main_pieces(on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece, and others that are not much smaller: an occluder may part an object."""
    from scipy import ndimage

    pieces: NDArray[np.int32] = np.zeros(on.shape, np.int32)
    if not ndimage.label(on, output=pieces):
        return on
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return (sizes >= PART * sizes.max())[pieces] & on
