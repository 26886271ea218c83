"""What a pack that looks closer reads off a picture, before that is compressed: see docs/pack-format.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from latentmapper.features import bag
from latentmapper.features.bag import Bag
from latentmapper.features.vit import ViT
from latentmapper.photo.framing import SIDE

TOKENS, NOTHING = "tokens", "none"
KINDS = (TOKENS, NOTHING, *bag.KINDS)


class Closer(Protocol):
    """A picture to its first descriptor."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures that it is made for, pixels."""
        ...

    def __call__(
        self, vit: ViT, picture: NDArray[np.float32], hidden: NDArray[np.float32] | None
    ) -> NDArray[Any]:
        """(L,) of a picture (h, w, 3) float32 RGB 0..1, whose hidden tokens (1, n, D) may be known."""
        ...


class Hidden:
    """The hidden tokens, one after the other."""

    size = (SIDE, SIDE)

    def __call__(
        self, vit: ViT, picture: NDArray[np.float32], hidden: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """See `Closer`; tokens that are known need no second pass."""
        return (vit.hidden(picture[None]) if hidden is None else hidden)[0].reshape(-1)


@dataclass(frozen=True)
class Clustered:
    """Clustered dense features."""

    bag: Bag

    @property
    def size(self) -> tuple[int, int]:
        """See `Closer`."""
        return self.bag.dense.size

    def __call__(
        self, vit: ViT, picture: NDArray[np.float32], hidden: NDArray[np.float32] | None
    ) -> NDArray[Any]:
        """See `Closer`."""
        return self.bag(vit, picture[None])[0]


class Empty:
    """Nothing: the descriptor beside it stands alone."""

    size = (SIDE, SIDE)

    def __call__(
        self, vit: ViT, picture: NDArray[np.float32], hidden: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """See `Closer`."""
        return np.zeros(0, np.float32)


def closer_of(entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Closer:
    """The one of `KINDS` that the entry "closer" of pack.json and a pack's arrays say.

    Raises
    ------
    KeyError, TypeError, ValueError : they are incomplete, or do not fit together.
    """
    if entry["kind"] == TOKENS:
        return Hidden()
    return Empty() if entry["kind"] == NOTHING else Clustered(Bag.from_entry(entry, arrays))
