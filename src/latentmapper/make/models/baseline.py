"""What a baseline is to the evaluation, and how all of them look at pictures."""

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.photo.framing import letterbox
from latentmapper.shapes.mesh import Mesh

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Shares of red, green and blue in a grey picture (ITU-R BT.601)."""


class Baseline(Protocol):
    """A method that others published, trained: a picture in, a mesh out, in two steps as a pack has them."""

    closed: bool
    """Whether its meshes are watertight and oriented outwards."""

    def code(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What it takes a picture (h, w, 3) RGB for: a code (d,)."""
        ...

    def mesh(self, code: NDArray[np.float32], resolution: int) -> Mesh:
        """The mesh of a code, canonical frame.

        resolution : lattice cells a side, for methods whose surface is extracted.

        Raises
        ------
        MeshError : the code gives no surface.
        """
        ...


def look(picture: NDArray[np.uint8], side: int, grey: bool) -> NDArray[np.float32]:
    """A picture (h, w, 3) RGB of any size as an encoder reads it: (1 or 3, side, side) from -1 to 1.

    What is not square stands in the middle of neutral grey.
    """
    seen = letterbox(picture.astype(np.float32) / np.float32(255), (side, side))
    if grey:
        seen = (seen @ LUMA)[..., None]
    return np.ascontiguousarray(2 * seen.transpose(2, 0, 1) - 1)


def encode(network: nn.Module, picture: NDArray[np.uint8], side: int, grey: bool) -> NDArray[np.float32]:
    """The code (d,) that a trained picture encoder gives a picture (h, w, 3) RGB."""
    with torch.no_grad():
        return network(torch.from_numpy(look(picture, side, grey)[None]))[0].numpy()
