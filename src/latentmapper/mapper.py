"""The mapper of a pack, in use: from the descriptors of a photo to the code of a shape.

Where the pack has a second one, that reads the end of the descriptors, and has its say when the code is drawn
towards known shapes.
"""

from collections.abc import Mapping as Entries
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.mapping import Mapping
from latentmapper.projection import Projection
from latentmapper.quantising import quantised
from latentmapper.runtime import Session
from latentmapper.second import ENTRY, SecondMapper
from latentmapper.view import View, tells_view

MAPPER = "mapper.onnx"
CODE, WEIGHTS, VIEW = "code", "weights", "view"


class Mapper:
    """A network from descriptors to codes, whose graph loads when first needed.

    Parameters
    ----------
    folder : of its pack.
    metadata : of that pack.
    arrays : what of the pack is no graph, by name: docs/pack-format.md.
    threads : of its ONNX session.
    int8 : round what it multiplies, where its weights are stored as int8 anyway.
    """

    def __init__(
        self,
        folder: Path,
        metadata: dict[str, Any],
        arrays: Entries[str, NDArray[Any]],
        threads: int,
        int8: bool,
    ) -> None:
        self._folder, self._metadata, self._arrays = folder, metadata, arrays
        self._threads, self._int8 = threads, int8

    def map(self, descriptors: NDArray[np.float32]) -> Mapping:
        """The mean of what looks (n, E) at one photo say; the first tells the view.

        Raises
        ------
        PackError : the pack is damaged.
        """
        codes, weights, views = self.answers(descriptors)
        view = None if views is None else View.of(views[0])
        apart = None if len(codes) == 1 else _radius(codes) / _radius(self._bank)
        return Mapping(codes.mean(axis=0), weights.mean(axis=0), view, apart)

    def answers(
        self, descriptors: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32] | None]:
        """Codes (b, d) and bank weights (b, N) of descriptors (b, E), and views where it tells them, in one
        run.

        Raises
        ------
        PackError : the pack is damaged.
        """
        second = self._second
        if second and self._projection is None:
            raise PackError(f"pack {self._folder} is damaged: a second mapper wants a projection")
        own = descriptors[:, : -second.length] if second else descriptors
        told = self._told(own)
        codes = told[CODE] if CODE in told else told[WEIGHTS] @ self._bank
        if self._projection is None:
            return codes, told[WEIGHTS], told.get(VIEW)
        evidence = second.evidence(descriptors[:, -second.length :]) if second else None
        return *self._projection(codes, evidence), told.get(VIEW)

    def _told(self, descriptors: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """What the graph says of descriptors, by name; of a mixture of known shapes, the weights alone."""
        known, size = self._bank.shape
        lengths = {CODE: size, WEIGHTS: known}
        if CODE not in self._graph.outputs:
            del lengths[CODE]
        elif self._projection is not None:
            del lengths[WEIGHTS]
        if tells_view(self._metadata):
            lengths[VIEW] = len(self._metadata[VIEW])
        told = dict(zip(lengths, self._graph.run([*lengths], descriptor=descriptors), strict=True))
        if any(told[name].shape != (len(descriptors), length) for name, length in lengths.items()):
            raise PackError(f"pack {self._folder} is damaged: {MAPPER} does not answer for its shapes")
        return told

    @cached_property
    def _graph(self) -> Session:
        path, listed = self._folder / MAPPER, self._metadata["files"]
        if MAPPER not in listed:
            raise PackError(f"pack {self._folder} is damaged: pack.json does not list {MAPPER} in 'files'")
        return Session(quantised(path, listed[MAPPER]) if self._int8 else path, self._threads)

    @cached_property
    def _bank(self) -> NDArray[np.float32]:
        return self._arrays["bank"].astype(np.float32)

    @cached_property
    def _second(self) -> SecondMapper | None:
        return SecondMapper(self._folder, self._metadata, self._threads) if ENTRY in self._metadata else None

    @cached_property
    def _projection(self) -> Projection | None:
        directions = self._arrays.get("projection")
        if directions is None:
            return None
        sharpness = self._second.sharpness if self._second else 1.0
        return Projection(self._bank, np.float32(sharpness**0.5) * directions.astype(np.float32))


def _radius(codes: NDArray[np.float32]) -> float:
    """Root mean square distance of codes (n, d) from their mean."""
    return float(np.sqrt(np.square(codes - codes.mean(axis=0)).sum(axis=1).mean()))
