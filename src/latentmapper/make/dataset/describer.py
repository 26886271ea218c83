"""What describes training pictures: the ViT, of any precision."""

from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from latentmapper.features.vit import Tokens, ViT

Precision = Literal["float32", "bfloat16", "int8"]


class Describer(Protocol):
    """What turns pictures into tokens: a `ViT` of any precision."""

    sha256: str

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures (b, 224, 224, 3) float32 RGB 0..1."""
        ...

    def hidden(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Hidden tokens (b, 1 + patches, width) of the same."""
        ...


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
        from latentmapper.make.models.vit import HalfViT

        return HalfViT(path, device)
    int8 = precision == "int8"
    return ViT(path, int8=int8) if path else ViT.bundled(int8=int8)
