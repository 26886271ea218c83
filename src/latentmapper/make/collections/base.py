"""What a shape is before it becomes data, and what gives shapes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# What a face may be made of; `Shape.materials` indexes into it.
MATERIALS = ("unknown", "paint", "glass", "tyre", "metal", "light", "dark")


@dataclass(frozen=True)
class Shape:
    """A mesh as it was found or generated, in the canonical frame or not yet normalised.

    The canonical frame is right-handed: +Y up, front +Z, +X to the object's own left, bounding box
    centred on the origin, farthest vertex at radius 1.
    """

    id: str
    group: str
    """Near-copies of one another share a group; splits are made by group."""
    category: str
    source: str
    license: str
    vertices: NDArray[np.float32]
    """(v, 3) positions."""
    faces: NDArray[np.int32]
    """(f, 3) vertex indices, counter-clockwise seen from outside where the mesh is oriented."""
    materials: NDArray[np.uint8] | None = None
    """(f,) indices into `MATERIALS`, or None where nothing is known."""
    labels: dict[str, str | float | bool] = field(default_factory=dict)
    """Attributes, such as {"body": "sedan", "length": 4.6}; lengths in metres."""
    watertight: bool = False
    """True where the generator guarantees one closed, outward-oriented surface."""


class Collection(Protocol):
    """A source of shapes that can be listed without loading them."""

    @property
    def category(self) -> str:
        """What all of them are, such as "car"."""
        ...

    def ids(self) -> list[str]:
        """Ids of all shapes, in a stable order."""
        ...

    def group(self, shape_id: str) -> str:
        """The group of one shape, known without loading it."""
        ...

    def source(self, shape_id: str) -> str:
        """Where one shape comes from, likewise."""
        ...

    def license(self, shape_id: str) -> str:
        """The license of one shape, likewise."""
        ...

    def load(self, shape_id: str) -> Shape:
        """Load or generate one shape. Raises `MeshError` where it cannot be used."""
        ...

    def __iter__(self) -> Iterator[str]: ...
