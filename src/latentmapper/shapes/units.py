"""From the canonical frame to what a file holds: metres, millimetres, another axis up."""

from typing import Literal

import numpy as np

from latentmapper.errors import MeshError, UsageError
from latentmapper.shapes.mesh import Mesh

Up = Literal["y", "z"]

SHORTEST, LONGEST = 1e-6, 1e6
"""Metres; what lies far beyond has no place in the files' numbers of 32 bits."""


def placed(mesh: Mesh, up: Up = "y", length: float | None = None, per_metre: float = 1.0) -> Mesh:
    """The mesh in the units and orientation of a file.

    Parameters
    ----------
    mesh : Mesh
        Canonical frame: +Y up, front +Z.
    up : "y" or "z"
        Axis that points up. With "z" the front looks along -Y, the way Blender imports glTF.
    length : float, optional
        Metres that the extent along the canonical Z axis becomes; without one the size stays canonical.
    per_metre : float
        File units per metre (1000 for millimetres); used only together with `length`.

    Raises
    ------
    UsageError
        If `up` makes no sense, or `length` is not positive or beyond what files can hold.
    MeshError
        If the mesh has no extent along Z to scale.
    """
    if up not in ("y", "z"):
        raise UsageError(f"--up must be y or z, not {up}")
    vertices = mesh.vertices.astype(np.float64) * (
        1.0 if length is None else per_metre * _scale(mesh, length)
    )
    if up == "z":
        vertices = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=-1)
    return Mesh(vertices.astype(np.float32), mesh.faces)


def require_length(length: float) -> None:
    """Raise `UsageError` where a length is not positive, or beyond what files can hold."""
    if not (np.isfinite(length) and length > 0):
        raise UsageError(f"--length must be a positive number of metres, not {length}")
    if not SHORTEST <= length <= LONGEST:
        raise UsageError(f"--length must be between {SHORTEST:g} and {LONGEST:g} metres, not {length:g}")


def _scale(mesh: Mesh, length: float) -> float:
    """Metres per canonical unit."""
    require_length(length)
    depth = float(mesh.extent[2])
    if not depth > 0:
        raise MeshError("the mesh has no length along Z to scale")
    return length / depth
