"""What is compared: anything that answers a picture with a surface."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.surface import Surface
from latentmapper.pack import Pack
from latentmapper.shapes.mesh import Mesh, Triangles

Vector = NDArray[np.float32]


class Description:
    """A picture, and what the ViT says of it, which is found when it is first asked for.

    Parameters
    ----------
    overview, descriptor : the arrays below, or what gives them.
    picture : (h, w, 3) RGB, for methods that look for themselves.
    odds : what gives the log-odds that it shows the pack's category; even ones by default.
    """

    def __init__(
        self,
        overview: Vector | Callable[[], Vector],
        descriptor: Vector | Callable[[], Vector],
        picture: NDArray[np.uint8] | None = None,
        odds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._overview, self._descriptor, self.picture, self._odds = overview, descriptor, picture, odds

    @cached_property
    def overview(self) -> Vector:
        """(D,) of the whole picture."""
        return self._overview() if callable(self._overview) else self._overview

    @cached_property
    def odds(self) -> float:
        """Log-odds that the picture shows the pack's category."""
        return self._odds()

    @cached_property
    def descriptor(self) -> Vector:
        """(n, E) or (E,) what the pack's mapper reads, one row a look."""
        return self._descriptor() if callable(self._descriptor) else self._descriptor


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


@runtime_checkable
class Maker(Protocol):
    """A method that makes a mesh rather than finding one, so that it can be timed."""

    def mesh(self, answer: Hashable) -> Triangles:
        """The answered shape, before it is made ready for comparison."""
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

    def mesh(self, answer: Hashable) -> Mesh:
        """The mesh of the code."""
        assert isinstance(answer, bytes)
        return self._decoder.mesh(np.frombuffer(answer, np.float32))

    def surface(self, answer: Hashable) -> Surface:
        """The shape of the code."""
        assert isinstance(answer, bytes)
        return self._decoder.surface(np.frombuffer(answer, np.float32))
