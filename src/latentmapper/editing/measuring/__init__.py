"""What is measured on the decoded meshes of a category: geometry, never the code."""

import math

from latentmapper.editing.measuring import airplanes, anything, cars
from latentmapper.editing.measuring.measure import Measure
from latentmapper.editing.measuring.outline import Outline
from latentmapper.shapes.mesh import Triangles

__all__ = ["Measure", "Outline", "measure", "measures_of"]

_CATEGORIES = {"car": cars, "airplane": airplanes}


def measures_of(category: str) -> tuple[Measure, ...]:
    """What is measured on shapes of a category; of categories of your own, their proportions."""
    return _CATEGORIES.get(category, anything).MEASURES


def measure(category: str, mesh: Triangles) -> dict[str, float]:
    """The measures of a mesh by name; lengths in lengths of the object, angles in degrees.

    What a mesh does not have, such as the wheels of a car that lies on the ground, is left out.

    Parameters
    ----------
    mesh : canonical frame.

    Raises
    ------
    MeshError : it cannot be measured.
    """
    taken = _CATEGORIES.get(category, anything).measure(Outline.of(mesh))
    return {name: value for name, value in taken.items() if math.isfinite(value)}
