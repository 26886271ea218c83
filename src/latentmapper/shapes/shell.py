"""From a signed distance field to the closed mesh that is handed on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.shapes.checks import Checks, checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.components import Dropped
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.field import CorrespondingField, Field
from latentmapper.shapes.mesh import Mesh
from latentmapper.stopwatch import Stopwatch


@dataclass(frozen=True, eq=False)
class Shell:
    """A closed mesh, and what is known of it."""

    mesh: Mesh
    """One closed, outward-facing shell in the canonical frame."""
    checks: Checks
    """Whether it is watertight, its components, genus, volume and area."""
    dropped: Dropped
    """What floated free of it, or enclosed a void in it, and was left out."""
    warnings: tuple[str, ...]
    """What clean-up had to change."""
    template_coordinates: NDArray[np.float32] | None
    """(v, 3) where its vertices lie on the category's template; None where the field knows of none."""


def shell_of(field: Field, resolution: int, faces: int | None, clock: Stopwatch) -> Shell:
    """Find a field's surface, clean it up and check it.

    Parameters
    ----------
    resolution : cells along each side of the lattice in which the surface is found.
    faces : triangles to reduce it to; None keeps all.
    clock : is told the stages "surface", "clean" and, where there is a template, "correspond".

    Raises
    ------
    MeshError : the field has no surface.
    """
    with clock("surface"):
        surface = extract(field, resolution)
    with clock("clean"):
        mesh, report = clean(surface, faces)
        checked = checks(mesh)
    if not isinstance(field, CorrespondingField):
        return Shell(mesh, checked, report.dropped, report.warnings, None)
    with clock("correspond"):
        places = field.template_coordinates(mesh.vertices)
    return Shell(mesh, checked, report.dropped, report.warnings, places)
