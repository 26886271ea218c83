"""A second mapper beside the first, in use: how likely each known shape is by what another network saw.

The pack's own mapper gives a code, and how far known shapes lie from that is what it says of each. Two such
opinions, from networks that learned from other things, are multiplied: a product of experts (Hinton, 2002).
What a pack's second mapper is made of: `make.second_pack`.
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
ENTRY, DESCRIPTOR, LIKELIHOODS = "second", "descriptor", "likelihoods"


class SecondMapper:
    """A graph from second descriptors to log-likelihoods of the known shapes, which loads when first needed.

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
        self.weight = float(metadata[ENTRY]["weight"])
        """What its log-likelihoods are multiplied by."""
        self.sharpness = float(metadata[ENTRY]["sharpness"])
        """What the first mapper's are multiplied by, where there is a second one."""

    def evidence(self, descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(b, N) how likely the known shapes are by descriptors (b, length): logarithms, up to a constant.

        Raises
        ------
        PackError : the graph is missing, or does not answer for its shapes.
        """
        (told,) = self._graph.run([LIKELIHOODS], **{DESCRIPTOR: descriptors})
        shapes = len(descriptors), len(self._metadata["shapes"])
        if told.shape != shapes or not np.isfinite(told).all():
            raise PackError(f"pack {self._folder} is damaged: {GRAPH} does not answer for its shapes")
        return np.float32(self.weight) * told

    @cached_property
    def _graph(self) -> Session:
        if GRAPH not in self._metadata["files"]:
            raise PackError(f"pack {self._folder} is damaged: pack.json does not list {GRAPH} in 'files'")
        return Session(self._folder / GRAPH, self._threads)
