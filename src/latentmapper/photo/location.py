"""Where in a picture the object is: a small head on the final tokens of the ViT's patches."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.features.vit import Tokens
from latentmapper.files import write_arrays
from latentmapper.photo.framing import SIDE, Box, extent

PREFIX = "location_"
TRAINED = "side"
"""What files of heads tell of the pictures they were trained on, beside the arrays."""
TOLD = 5
"""What the head says of a patch: log-odds, and reaches up, left, down and right."""
FEWEST = 1.5
"""Patches below which nothing was found."""
LIKELY = 0.4
"""Probability from which a pixel belongs to the object."""
PART = 0.05
"""A piece apart from the largest belongs to the object if it is at least this share of it."""
NEAR = 0.2
"""How far beyond the voted box the object may be seen, in sides of that box."""
ALIKE = 0.5
"""Intersection over union from which two patches tell of the same object."""


@dataclass(frozen=True)
class Location:
    """A perceptron from a patch's token to whether it shows the object, and how far the object reaches.

    Tokens of the last block have seen the whole picture, so one at a time is enough: each patch of an object
    can tell where all of it ends (FCOS; Tian et al., 2019), thin wings and parts beyond an occluder too.
    """

    weight1: NDArray[np.float32]
    """(width, hidden)."""
    bias1: NDArray[np.float32]
    """(hidden,)."""
    weight2: NDArray[np.float32]
    """(hidden, TOLD)."""
    bias2: NDArray[np.float32]
    """(TOLD,)."""

    def __call__(self, tokens: Tokens) -> NDArray[np.float32]:
        """(b, rows, columns, 5): log-odds that a patch shows some of the object, and how far the object
        reaches from the patch's centre up, left, down and right, in sides of the picture."""
        # einsum, not a matrix product: BLAS would wake threads of its own for so small a one.
        hidden = np.einsum("brcw,wh->brch", tokens.patches, self.weight1) + self.bias1
        return np.einsum("brch,ho->brco", np.maximum(hidden, 0), self.weight2) + self.bias2

    @classmethod
    def read(cls, path: Path, side: int = SIDE) -> "Location":
        """Read a file of `latentmapper train location`.

        Parameters
        ----------
        side : pixels of the sides of the pictures whose tokens it is to read.

        Raises
        ------
        StoreError : the file is none, or says that the head was trained on pictures of another side.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as file:
                names = file.keys()
                location = cls.from_arrays({name: file.get_tensor(name) for name in names})
                trained = int((file.metadata() or {}).get(TRAINED, side))  # older files do not say
        except (OSError, SafetensorError, KeyError, ValueError, AttributeError) as error:
            made = "make one with: latentmapper train location"
            raise StoreError(f"{path} holds no head that finds the object ({error}); {made}") from None
        if trained != side:
            told = f"{path}: the head was trained on pictures of {trained} pixels a side, not {side}"
            raise StoreError(f"{told}; make one with: latentmapper train location --side {side}")
        return location

    def write(self, path: Path, side: int) -> None:
        """Write what `read` reads: the head and the side, in pixels, of the pictures it was trained on."""
        write_arrays(path, self.to_arrays(), {TRAINED: str(side)})

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray]) -> "Location":
        """Out of the arrays of a pack. Raises `KeyError` where one is missing, `ValueError` if wrong."""
        found = {name: arrays[PREFIX + name].astype(np.float32) for name in cls.__dataclass_fields__}
        width, hidden = found["weight1"].shape if found["weight1"].ndim == 2 else (0, 0)
        wanted = {"weight1": (width, hidden), "bias1": (hidden,), "weight2": (hidden, TOLD), "bias2": (TOLD,)}
        for name, array in found.items():
            if array.shape != wanted[name] or not array.size or not np.isfinite(array).all():
                raise ValueError(f"{PREFIX}{name} is not {wanted[name]} finite numbers")
        return cls(**found)

    def to_arrays(self) -> dict[str, NDArray[np.float32]]:
        """As a pack stores them."""
        return {PREFIX + name: getattr(self, name) for name in self.__dataclass_fields__}


def box(told: NDArray[np.float32], side: int = SIDE) -> Box | None:
    """The box around the object, pixels of a square picture; None where there is hardly any.

    It lies halfway between what the patches of the object say of its ends, which holds thin wings, and
    the ends of the patches that show it, which are the more exact ones.

    Parameters
    ----------
    told : (n, n, 5) what a `Location` says of the patches.
    side : of the picture.
    """
    voted = _voted(told)
    if voted is None:
        return None
    shown = _shown(told[..., 0], voted * side, side)
    top, left, bottom, right = voted * side if shown is None else (voted * side + shown) / 2
    return float(top), float(left), float(bottom), float(right)


def _voted(told: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """(4,) the box that patches agree on, in sides of the picture; None where hardly any patch votes.

    Of several objects, that with the most patches wins (box voting; Gidaris and Komodakis, 2015).
    """
    chance = logistic(told[..., 0].astype(np.float64).ravel())
    votes = (chance > 0.5) & np.isfinite(told).all(-1).ravel()
    if chance[votes].sum() < FEWEST:
        return None
    boxes, weights = boxes_of(told)[votes], chance[votes]
    alike = (overlaps(boxes) > ALIKE) | np.eye(len(boxes), dtype=bool)
    chosen = alike[(alike @ weights).argmax()]
    return np.average(boxes[chosen], axis=0, weights=weights[chosen])


def _shown(odds: NDArray[np.float32], voted: NDArray[np.float64], side: int) -> Box | None:
    """The extent in pixels of what shows the object in and near a box: neighbours may touch it."""
    from scipy import ndimage

    odds = np.nan_to_num(odds)
    # Interpolated between the patches' centres, the edge is found to a fraction of a patch.
    fine = ndimage.zoom(odds.astype(np.float64), side / len(odds), order=1, mode="nearest", grid_mode=True)
    room = NEAR * (voted[2:] - voted[:2])
    y, x = np.arange(side)[:, None], np.arange(side)[None]
    near = (y >= voted[0] - room[0]) & (y < voted[2] + room[0])
    near = near & (x >= voted[1] - room[1]) & (x < voted[3] + room[1])
    return extent(main_pieces((fine > np.log(LIKELY / (1 - LIKELY))) & near))


def logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of log-odds. SciPy's expit, whose import takes a tenth of a second."""
    return (1 + np.tanh(odds / 2)) / 2


def main_pieces(on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece, and others that are not much smaller: an occluder may part an object."""
    from scipy import ndimage

    pieces: NDArray[np.int32] = np.zeros(on.shape, np.int32)
    if not ndimage.label(on, output=pieces):
        return on
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return (sizes >= PART * sizes.max())[pieces] & on


def centres(patches: int) -> NDArray[np.float64]:
    """(n, n, 4) centres of n x n patches, in sides of the picture: y, x, y, x."""
    y, x = np.meshgrid(*[(np.arange(patches) + 0.5) / patches] * 2, indexing="ij")
    return np.stack([y, x, y, x], -1)


def boxes_of(told: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n * n, 4) top, left, bottom and right, in sides of the picture."""
    return unbounded(told).clip(0, 1)


def unbounded(told: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same where objects may reach beyond the square, as those do that its edge cuts."""
    # No object ends before the middle of a patch that shows it.
    reach = np.maximum(told[..., 1:], 0.5 / len(told)) * (-1, -1, 1, 1)
    return (centres(len(told)) + reach).reshape(-1, 4)


def overlaps(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(v, v) intersection over union of v boxes (v, 4): top, left, bottom, right in any unit."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.maximum(high - low, 0).prod(-1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(-1)
    return common / np.maximum(area[:, None] + area[None] - common, 1e-9)
