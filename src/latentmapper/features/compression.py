"""From a descriptor to what the mapper reads: compressed, and with a second descriptor beside it.

The paper's mapper reads 1,024 numbers (section 3.2): 512 from an autoencoder of the ViT's descriptor, and
CLIP's 512. The second block is CLIP's, or whatever has been registered under the kind that the pack names.
Where a pack has a second mapper, that block is what it reads, and the first reads the rest.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.features import efficientnet
from latentmapper.features.clip import image as clip_image
from latentmapper.features.vit import Tokens
from latentmapper.runtime import Session

ENCODER = "encoder.onnx"
Beside = Callable[[NDArray[np.float32], Tokens], NDArray[np.float32]]
"""A picture (224, 224, 3) float32 RGB 0..1, and the final tokens of the whole photo -> its second
descriptor (n,)."""
Opener = Callable[[Mapping[str, Any], Path, int], Beside]
"""Entry of `pack.json`, the pack's folder, threads -> what describes pictures."""

_OPENERS: dict[str, Opener] = {
    clip_image.KIND: clip_image.open_beside,
    efficientnet.KIND: efficientnet.open_beside,
}


def register_beside(kind: str, opener: Opener) -> None:
    """Make a kind of second descriptor available to packs."""
    _OPENERS[kind] = opener


class Compression:
    """The encoder of a pack, where it has one, and its second descriptor, where it has one.

    Parameters
    ----------
    metadata : the content of `pack.json`.
    folder : of the pack.

    Raises
    ------
    PackError : the graph cannot be loaded, or nobody registered the second descriptor.
    """

    def __init__(self, metadata: Mapping[str, Any], folder: Path, threads: int) -> None:
        self._encoder = Session(folder / ENCODER, threads) if "encoder" in metadata else None
        self._beside: Beside | None = None
        if entry := metadata.get("beside"):
            if entry["kind"] not in _OPENERS:
                raise PackError(
                    f"pack {metadata['id']} wants the unknown second descriptor {entry['kind']!r}"
                )
            self._beside = _OPENERS[entry["kind"]](entry, folder, threads)

    def __call__(
        self, descriptor: NDArray[Any], picture: NDArray[np.float32], tokens: Tokens
    ) -> NDArray[np.float32]:
        """What the mapper reads (E,) of a descriptor (L,) and, for the second, a picture and tokens.

        Parameters
        ----------
        picture : (224, 224, 3) float32 RGB 0..1.
        tokens : the final ones of the whole photo, a batch of one.
        """
        read = descriptor.astype(np.float32)
        if self._encoder:
            read = self._encoder.run(["compressed"], descriptor=read[None])[0][0]
        return np.concatenate([read, self._beside(picture, tokens)]) if self._beside else read
