"""What a pack reads from a ViT's final tokens: whether a picture shows its category, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.features.descriptor import pool
from latentmapper.features.vit import SIZE, Tokens
from latentmapper.pack_folder import GLANCE
from latentmapper.photo.location import PREFIX, Location


@dataclass(frozen=True)
class Heads:
    """Of tokens of pictures of one size: what reads those of another size takes them for something else."""

    weight: NDArray[np.float32]
    """(D,) of the log-odds that a picture shows the category, over its descriptor."""
    bias: float
    """What is added to them."""
    grid: int
    """Cells a side of that descriptor: see `PooledTokens`."""
    location: Location | None
    """Where the object is; None where that is not known."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], grid: int) -> "Heads":
        """Out of the arrays of a pack. Raises `KeyError` where one is missing, `ValueError` if wrong."""
        location = Location.from_arrays(dict(arrays)) if f"{PREFIX}weight1" in arrays else None
        return cls(arrays["presence_weight"], float(arrays["presence_bias"][0]), grid, location)

    def presence(self, overview: NDArray[np.float32]) -> float:
        """Log-odds that a picture shows the category, by its descriptor (D,).

        Raises `PackError` where the weights are of another descriptor.
        """
        if self.weight.shape != overview.shape:
            raise PackError("the pack is damaged: presence_weight reads another descriptor")
        # Not as a matrix product: for one this long, BLAS would wake threads of its own.
        return float((overview.astype(np.float64) * self.weight).sum() + self.bias)

    def odds(self, tokens: Tokens) -> float:
        """The same by its final tokens, a batch of one."""
        return self.presence(pool(tokens, self.grid)[0])


def heads_of(
    folder: Path, metadata: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> dict[int, Heads]:
    """The heads of a pack, by the side in pixels of the pictures whose tokens they read.

    Parameters
    ----------
    metadata, arrays : of the pack, as `pack.json` and `arrays.safetensors` hold them.

    Raises
    ------
    PackError : an array is missing, or has another shape.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        grid = metadata["descriptor"]["grid"]
        heads = {SIZE: Heads.from_arrays(arrays, grid)}
        if glance := metadata.get("glance"):
            heads[glance["side"]] = Heads.from_arrays(load_file(folder / GLANCE), grid)
    except (KeyError, OSError, SafetensorError, TypeError, ValueError, AttributeError) as error:
        raise PackError(f"pack {folder} is damaged: {error}; get it again, or rebuild it") from None
    return heads
