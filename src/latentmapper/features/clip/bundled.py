"""The small contrastive pair that `latentmapper train clip` makes, on ONNX Runtime.

Its image side is a projection of the bundled ViT's final tokens, its text side a small network that knows the
words of descriptions of cars and airplanes. It is not OpenAI's CLIP and knows little of anything else.

On disk: `clip.json` (format, name, the ViT's SHA-256, vocabulary, hashes of the graphs, what it was trained
on), `image.onnx` (`tokens` (n, 2 width): class token and mean token, to `embedding`) and `text.onnx`
(`ids` (n, length) to `embedding`).
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, PackError
from latentmapper.features.clip import DIMENSION, unit
from latentmapper.features.clip.words import Words
from latentmapper.features.vit import Tokens, ViT
from latentmapper.files import parse_object, sha256_of_file, sha256_of_json
from latentmapper.runtime import DEFAULT_THREADS, Session

FORMAT = 1
HEADER, IMAGE, TEXT = "clip.json", "image.onnx", "text.onnx"
TOKENS, IDS, EMBEDDING = "tokens", "ids", "embedding"
SHIPPED = Path(__file__).parent / "pair"
"""What it was made of, and how well it does, stands in `docs/paper.md`."""
MAKE = "latentmapper train clip"


class BundledClip:
    """A contrastive pair from its folder; None takes the one that ships with the package.

    Parameters
    ----------
    vit : what describes pictures; by default the bundled one, loaded when the first picture comes.

    Raises
    ------
    MissingError : there is none in the folder.
    PackError : it is damaged, or made for another ViT.
    """

    def __init__(
        self, folder: Path | None = None, vit: ViT | None = None, threads: int = DEFAULT_THREADS
    ) -> None:
        self._folder, self._threads, self._given = folder or SHIPPED, threads, vit
        header = _header(self._folder)
        self.name: str = header["name"]
        self.vit_sha256: str = header["vit_sha256"]
        """Of the ViT whose tokens it projects."""
        self.sha256 = sha256_of_json([header["files"], self.vit_sha256])
        self._words = Words(tuple(header["words"]), header["length"])
        self._image, self._text = (
            _session(self._folder / name, header["files"], threads) for name in (IMAGE, TEXT)
        )

    @property
    def image_graph(self) -> Path:
        """The graph of its image side."""
        return self._folder / IMAGE

    def images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of pictures (n, 224, 224, 3) float32 RGB 0..1."""
        if not len(images):
            return np.zeros((0, DIMENSION), np.float32)
        return self.project(pooled(self._vit.describe(images)))

    def project(self, tokens: NDArray[np.floating]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of class and mean tokens (n, 2 width): what pooled descriptors start with."""
        return unit(self._image.run([EMBEDDING], **{TOKENS: np.asarray(tokens, np.float32)})[0])

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of texts; words that it has not learned say nothing."""
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        return unit(self._text.run([EMBEDDING], **{IDS: self._words(texts).astype(np.float32)})[0])

    @cached_property
    def _vit(self) -> ViT:
        vit = self._given or ViT.bundled(self._threads)
        if vit.sha256 != self.vit_sha256:
            hashes = f"SHA-256 {self.vit_sha256[:12]}, not {vit.sha256[:12]}"
            raise PackError(f"the pair in {self._folder} was made for another ViT ({hashes})")
        return vit


def pooled(tokens: Tokens) -> NDArray[np.float32]:
    """(b, 2 width): class token and mean token."""
    return np.concatenate([tokens.cls, tokens.patches.mean(axis=(1, 2))], axis=1)


def _header(folder: Path) -> dict[str, Any]:
    try:
        header = parse_object((folder / HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingError(f"no contrastive pair in {folder}; make one with: {MAKE}") from None
    except (OSError, ValueError) as error:
        raise PackError(f"{folder / HEADER} cannot be read ({error})") from None
    if header.get("format") != FORMAT:
        raise PackError(
            f"{folder} holds a pair of format {header.get('format')}, this version reads {FORMAT}"
        )
    return header


def _session(path: Path, hashes: dict[str, str], threads: int) -> Session:
    if not path.is_file() or sha256_of_file(path) != hashes.get(path.name):
        raise PackError(f"{path} is missing or differs from its hash in {HEADER}")
    return Session(path, threads)
