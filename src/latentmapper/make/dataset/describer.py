"""What describes training pictures: the ViT, of any precision."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import UsageError
from latentmapper.features.vit import Tokens, ViT
from latentmapper.photo.first_look import shrunk
from latentmapper.photo.framing import SIDE

BLANK = np.zeros((1, SIDE, SIDE, 3), np.float32)
"""A picture, where only the form of its descriptor matters."""
Precision = Literal["float32", "bfloat16", "int8"]
Describe = Callable[[NDArray[np.float32]], Tokens]
"""Pictures (b, 224, 224, 3) float32 RGB 0..1 -> their final tokens."""


class Describer(Protocol):
    """What turns pictures into tokens: a `ViT` of any precision."""

    sha256: str

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures (b, 224, 224, 3) float32 RGB 0..1."""
        ...

    def hidden(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Hidden tokens (b, 1 + patches, width) of the same."""
        ...


@runtime_checkable
class Glancing(Describer, Protocol):
    """What does so with smaller pictures too: a `ViT` of float32 or int8."""

    def glance(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures (b, side, side, 3)."""
        ...


def describer_of(vit: Describer, side: int) -> Describe:
    """Final tokens of pictures (b, 224, 224, 3) seen with so many pixels a side.

    Raises
    ------
    UsageError : this ViT describes pictures of 224 pixels alone.
    """
    if side == SIDE:
        return vit.describe
    if not isinstance(vit, Glancing):
        raise UsageError(f"--side {side}: --precision bfloat16 sees {SIDE} pixels alone; choose another")
    return lambda images: vit.glance(np.stack([shrunk(image, side) for image in images]))


def open_vit(path: Path | None, precision: Precision, device: str = "auto") -> Describer:
    """The ViT at a path, the bundled one if None, with products of a precision.

    device : where PyTorch computes, for bfloat16; ONNX Runtime, for the others, chooses by itself.

    Raises
    ------
    MissingError : there is no such file.
    PackError : the file is no ViT.
    UsageError : there is no such device.
    """
    if precision == "bfloat16":
        from latentmapper.make.device import choose, warn_of_bfloat16
        from latentmapper.make.models.vit import HalfViT

        warn_of_bfloat16(choose(device), "--precision bfloat16")
        return HalfViT(path, device)
    int8 = precision == "int8"
    return ViT(path, int8=int8) if path else ViT.bundled(int8=int8)
