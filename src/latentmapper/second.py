"""A second mapper beside the first, in use: it reads what another network saw of the same picture.

Two networks that learned from other things err in other ways, so the mean of their codes is nearer to the
shape than either (Hansen and Salamon, 1990). What packs make it of is `make.second_mapper`.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.runtime import Session

GRAPH = "second.onnx"
ENTRY, DESCRIPTOR, CODE = "second", "descriptor", "code"


class SecondMapper:
    """A graph from second descriptors to codes, which loads when first needed.

    Parameters
    ----------
    folder : of its pack.
    metadata : of that pack, which has `ENTRY`.
    threads : of its ONNX session.
    """

    def __init__(self, folder: Path, metadata: Mapping[str, Any], threads: int) -> None:
        self._folder, self._metadata, self._threads = folder, metadata, threads
        self.length = int(metadata["beside"]["length"])
        """Of its descriptors, which stand behind the first mapper's."""
        self.share = float(metadata[ENTRY]["share"])
        """How much its code counts, 0 to 1; the first mapper's counts the rest."""
        self.sharpness = float(metadata[ENTRY]["sharpness"])
        """By how much squared distances to known shapes are multiplied, once there are two opinions."""

    def joined(self, codes: NDArray[np.float32], descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Codes (b, d) of the first mapper, averaged with its own of descriptors (b, length).

        Raises
        ------
        PackError : the graph is missing, or gives no codes.
        """
        (own,) = self._graph.run([CODE], **{DESCRIPTOR: descriptors})
        if own.shape != codes.shape:
            raise PackError(f"pack {self._folder} is damaged: {GRAPH} does not answer with its codes")
        return (1 - self.share) * codes + np.float32(self.share) * own

    @cached_property
    def _graph(self) -> Session:
        if GRAPH not in self._metadata["files"]:
            raise PackError(f"pack {self._folder} is damaged: pack.json does not list {GRAPH} in 'files'")
        return Session(self._folder / GRAPH, self._threads)
