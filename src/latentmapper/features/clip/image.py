"""The image side of a contrastive pair alone, as one ONNX graph: what features and packs keep of CLIP.

A graph reads either `pictures` (n, 224, 224, 3) float32 RGB 0..1, as OpenAI's encoders do, or `tokens`
(n, 2 width), class token and mean token of the pack's own ViT, as the bundled pair does; it gives
`embedding` (n, 512).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.features.clip import DIMENSION, unit
from latentmapper.features.clip.bundled import EMBEDDING, TOKENS, pooled
from latentmapper.features.vit import Tokens
from latentmapper.runtime import Session

GRAPH = "clip.onnx"
KIND = "clip"
PICTURES = "pictures"


class ClipImage:
    """The image encoder of a pair.

    Parameters
    ----------
    path : its graph.

    Raises
    ------
    PackError : there is no such graph, or it reads something else.
    """

    def __init__(self, path: Path, threads: int) -> None:
        if not path.is_file():
            raise PackError(f"{path} is missing: the image encoder of the contrastive pair")
        self._session = Session(path, threads)
        self.reads = self._session.inputs[0]
        """What it looks at: "pictures" or "tokens"."""
        if self.reads not in (PICTURES, TOKENS):
            raise PackError(f"{path} reads {self.reads!r}, which is neither {PICTURES} nor {TOKENS}")

    def __call__(self, pictures: NDArray[np.float32], tokens: Tokens | None) -> NDArray[np.float32]:
        """(n, 512) unit vectors of pictures (n, 224, 224, 3) float32 RGB 0..1; an encoder that reads tokens
        wants their final ones."""
        if self.reads == PICTURES:
            read = pictures
        else:
            assert tokens is not None
            read = pooled(tokens)
        made = self._session.run([EMBEDDING], **{self.reads: np.asarray(read, np.float32)})[0]
        if made.shape[1] != DIMENSION:
            raise PackError(f"the contrastive pair gives {made.shape[1]} numbers a picture, not {DIMENSION}")
        return unit(made)


def open_beside(
    entry: Mapping[str, Any], folder: Path, threads: int
) -> Callable[[NDArray[np.float32], Tokens], NDArray[np.float32]]:
    """What describes one photo by the CLIP of a pack, an `Opener` of `features.compression`."""
    encoder = ClipImage(folder / GRAPH, threads)
    return lambda picture, tokens: encoder(picture[None], tokens)[0]
