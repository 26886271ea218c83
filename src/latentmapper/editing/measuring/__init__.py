"""What is measured on the decoded meshes of a category: geometry, never the code."""

from collections.abc import Callable
from dataclasses import dataclass

from latentmapper.editing.measuring import anything, cars
from latentmapper.editing.measuring.outline import Outline
from latentmapper.shapes.mesh import Triangles

__all__ = ["Measure", "Outline", "measure", "measures_of"]


@dataclass(frozen=True)
class Measure:
    """One number that is taken of every mesh of a category."""

    name: str
    label: str
    """What people read."""
    unit: str
    """As that of a `Slider`."""


_TAKEN: dict[str, tuple[Callable[[Outline], dict[str, float]], tuple[tuple[str, str, str], ...]]] = {
    "car": (cars.measure, cars.MEASURES),
}
_OTHERWISE = (anything.measure, anything.MEASURES)


def measures_of(category: str) -> tuple[Measure, ...]:
    """What is measured on shapes of a category; of categories of your own, their proportions."""
    return tuple(Measure(*row) for row in _TAKEN.get(category, _OTHERWISE)[1])


def measure(category: str, mesh: Triangles) -> dict[str, float]:
    """The measures of a mesh by name; lengths in lengths of the object, angles in degrees.

    Parameters
    ----------
    mesh : canonical frame.

    Raises
    ------
    MeshError : it cannot be measured.
    """
    return _TAKEN.get(category, _OTHERWISE)[0](Outline.of(mesh))
