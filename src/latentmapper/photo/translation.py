"""Photos to pictures that look like renders, before they are mapped to codes (3D-LatentMapper, section 3.3).

On disk: a graph, `translator.onnx` unless renamed (`pictures` (n, 3, side, side) to `translated`, the same),
and beside it a file of the same name with the suffix .json: format, side, mean and std of the pixels that the
graph takes and gives, the SHA-256 of the graph, and what it has learned from. `latentmapper train translator`
makes both.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, PackError
from latentmapper.files import parse_object, sha256_of_file, sha256_of_json
from latentmapper.photo.framing import letterbox
from latentmapper.runtime import DEFAULT_THREADS, Session

FORMAT = 1
GRAPH = "translator.onnx"
PICTURES, TRANSLATED = "pictures", "translated"
MEAN, STD = 0.5, 0.5
"""What is taken off a pixel 0..1, and what the rest is divided by: the graph reads and gives -1..1."""
SIDES = (16, 1024)
"""Smallest and largest side of the pictures that a graph may read."""
MAKE = "latentmapper train translator"


class Translator:
    """The real-to-synthetic generator of a CycleGAN, on ONNX Runtime.

    Parameters
    ----------
    path : of its graph; what describes the graph lies beside it.

    Raises
    ------
    MissingError : there is none.
    PackError : it is damaged, of another format, or its graph cannot be loaded.
    """

    def __init__(self, path: Path, threads: int = DEFAULT_THREADS) -> None:
        self._made_of = path, threads
        header = _read_header(path)
        self.side: int = header["side"]
        """Of the square that the graph reads, pixels."""
        self._mean, self._std = float(header["mean"]), float(header["std"])
        self._session = Session(path, threads)
        if (self._session.inputs, self._session.outputs) != ([PICTURES], [TRANSLATED]):
            raise PackError(f"{path} is no translator: it does not make {TRANSLATED!r} of {PICTURES!r}")
        self.sha256 = sha256_of_json([header["sha256"], self.side, self._mean, self._std])
        """Of everything that decides a translation."""

    def __reduce__(self) -> tuple[type["Translator"], tuple[Path, int]]:
        """Travel to another process as what it was made of."""
        return type(self), self._made_of

    def __call__(self, square: NDArray[np.float32]) -> NDArray[np.float32]:
        """Translate a framed photo; the object stays where it is.

        Parameters
        ----------
        square : (s, s, 3) float32 RGB 0..1, as `photo.framing.frame` gives it.

        Returns
        -------
        translated : (s, s, 3) float32 0..1, as sharp as the graph's own side allows.
        """
        return letterbox(self.own_size(square), (square.shape[0], square.shape[1]))

    def own_size(self, square: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same in the size that the graph gives: (side, side, 3)."""
        pixels = (letterbox(square, (self.side, self.side)) - self._mean) / self._std
        given = self._session.run([TRANSLATED], **{PICTURES: pixels.transpose(2, 0, 1)[None]})[0]
        if given.shape != (1, 3, self.side, self.side) or not np.isfinite(given).all():
            raise PackError(f"the translator gives no picture of {self.side} pixels; train it again: {MAKE}")
        return np.clip(given[0].transpose(1, 2, 0) * self._std + self._mean, 0, 1).astype(np.float32)


def header_of(path: Path) -> Path:
    """The file that describes the graph in `path`."""
    return path.with_suffix(".json")


def _read_header(path: Path) -> dict[str, Any]:
    if not path.is_file() or not header_of(path).is_file():
        raise MissingError(
            f"no translator at {path}, or no {header_of(path).name} beside it; {MAKE} makes both"
        )
    try:
        header = parse_object(header_of(path).read_text(encoding="utf-8"))
        version, side, digest = header["format"], header["side"], header["sha256"]
        sound = np.isfinite([float(header["mean"]), float(header["std"])]).all() and float(header["std"]) > 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackError(f"{header_of(path)} cannot be read ({error})") from None
    if version != FORMAT:
        raise PackError(f"{path} is a translator of format {version}, this version reads {FORMAT}")
    if not sound or not isinstance(side, int) or not SIDES[0] <= side <= SIDES[1]:
        raise PackError(f"{header_of(path)} tells no side of {SIDES[0]} to {SIDES[1]} pixels, mean and std")
    if digest != sha256_of_file(path):
        raise PackError(
            f"{path} differs from its hash in {header_of(path).name}; get it again, or train it: {MAKE}"
        )
    return header
