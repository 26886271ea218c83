"""EfficientNet-Lite2 (Tan and Le, ICML 2019): what a classifier of photographs sees in a picture.

The ViT has learned from pictures without names, the packs from renders. ImageNet's classifier was told what
thousands of photographs of cars and airplanes are called, so it knows kinds better than either: see
docs/real-photos.md. NOTICE says where the weights come from; `scripts/efficientnet_graph.py` makes the graph.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.cache import being_written
from latentmapper.errors import MissingError, PackError
from latentmapper.extras import REINSTALL
from latentmapper.features.vit import Tokens, cached_graph
from latentmapper.files import sha256_of_bytes
from latentmapper.photo.framing import SIDE
from latentmapper.runtime import Session, optimise

KIND = "efficientnet"
SHIPPED = Path(__file__).parent / "lite2.onnx"
SHA256 = "9c0f28c0b2adff92a1af20492a02768de89df990f40481e7f69be87c8047f8ce"
"""Of the graph that ships: what packs that were made with it name."""
CLASSES = Path(__file__).parent / "classes.safetensors"
"""Name of a class of ImageNet -> (1281,) float16, weights and bias of the classifier behind the graph: of
vehicles alone. Only the making of packs reads it."""
CELLS, CHANNELS = 3, 1280
TOKENS = 1 + CELLS**2
"""The mean of all places, and those of 3 x 3 cells, row by row; neighbours share places."""
PICTURES, FEATURES = "pictures", "features"


class EfficientNet:
    """Pictures (n, 224, 224, 3) float32 RGB 0..1 -> features (n, 12800): `TOKENS` of `CHANNELS` each."""

    def __init__(self, threads: int) -> None:
        self._session = Session(_optimised(), threads)

    def __call__(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """See the class; pictures of another size are not taken."""
        if pictures.shape[1:] != (SIDE, SIDE, 3):
            raise ValueError(f"pictures (n, {SIDE}, {SIDE}, 3) are wanted, not {pictures.shape}")
        made = [self._session.run([FEATURES], **{PICTURES: one[None]})[0] for one in pictures]
        return np.concatenate(made)


def open_beside(
    entry: Mapping[str, Any], folder: Path, threads: int
) -> Callable[[NDArray[np.float32], Tokens], NDArray[np.float32]]:
    """What describes one photo for a second mapper, an `Opener` of `features.compression`.

    Raises
    ------
    PackError : the pack was made with another network, or for features of another length.
    """
    if entry.get("sha256") != SHA256:
        told = f"{str(entry.get('sha256'))[:12]!r}, not {SHA256[:12]!r}"
        raise PackError(f"pack {folder} was made with another {KIND} (SHA-256 {told}); build it anew")
    if entry.get("length") != TOKENS * CHANNELS:
        raise PackError(f"pack {folder} is damaged: {KIND} gives {TOKENS * CHANNELS} numbers a picture")
    network = EfficientNet(threads)
    return lambda picture, tokens: network(picture[None])[0]


def _optimised() -> Path:
    """The graph in the user cache, where half the time loads it; it is made where it is not there.

    Raises `MissingError` where the cache cannot be written, or the graph that ships is not there as it was.
    """
    target = cached_graph(SHA256, KIND)
    if not target.is_file():
        data = SHIPPED.read_bytes() if SHIPPED.is_file() else b""
        if sha256_of_bytes(data) != SHA256:
            raise MissingError(f"{SHIPPED} is missing or damaged; mend that with: {REINSTALL}")
        with being_written():
            optimise(data, target)
    return target
