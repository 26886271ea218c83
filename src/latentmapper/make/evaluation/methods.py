"""What is compared: anything that answers a picture with a surface."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.surface import Surface
from latentmapper.pack import Pack
from latentmapper.shapes.mesh import Mesh


@dataclass(frozen=True)
class Description:
    """What the ViT says of a picture, and the picture."""

    overview: NDArray[np.float32]
    """(D,) of the whole picture."""
    descriptor: NDArray[np.float32]
    """(E,) what the pack's mapper reads."""
    picture: NDArray[np.uint8] | None = None
    """(h, w, 3) RGB, for methods that look for themselves."""


class Method(Protocol):
    """Something that reconstructs, in two steps, so that equal answers are built and scored once."""

    name: str
    """As it stands in the report."""
    sees: bool
    """False where the answer does not depend on the picture, so that one picture a shape is enough."""

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """What it takes the picture for: a code, or the name of a shape.

        `shape_id` is for references that may know the truth.
        """
        ...

    def surface(self, answer: Hashable) -> Surface:
        """The answered shape, as it is compared."""
        ...


class Decoder:
    """Codes of a pack to shapes to compare, by the same steps a photo takes once its code is known."""

    def __init__(self, pack: Pack, rules: Rules) -> None:
        self.pack, self.rules = pack, rules

    def mesh(self, code: NDArray[np.float32]) -> Mesh:
        """The clean mesh of a code (d,). Raises `MeshError` where the code gives no surface."""
        from latentmapper.shapes.cleanup import clean
        from latentmapper.shapes.extraction import extract

        return clean(extract(self.pack.field(code), self.rules.resolution), None)[0]

    def surface(self, code: NDArray[np.float32]) -> Surface:
        """The shape of a code, as it is compared."""
        return Surface.of(self.mesh(code), self.rules, self.rules.seed + 1, closed=True)


class Mapped:
    """The pack itself: descriptor to code by its mapper."""

    name = "pack"
    sees = True

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """The code, as bytes."""
        return self._decoder.pack.map(picture.descriptor).code.astype(np.float32).tobytes()

    def surface(self, answer: Hashable) -> Surface:
        """The shape of the code."""
        assert isinstance(answer, bytes)
        return self._decoder.surface(np.frombuffer(answer, np.float32))
