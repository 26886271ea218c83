"""The zero surface of a field, found coarse to fine and triangulated by marching cubes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.shapes.field import Field
from latentmapper.shapes.lattice import Lattice
from latentmapper.shapes.lattice_values import LatticeValues, Solid
from latentmapper.shapes.mending import Mending, is_mended

COARSEST = 16
"""Cells along an axis of the first lattice, at least. Distances are trained up to 0.1 only; of 16 cells,
those are split that have a corner within 0.078 of the surface (`NEAR`): a ball of radius 0.034 is found
anywhere."""


@dataclass(frozen=True)
class ExtractionReport:
    """How a surface was found."""

    resolution: int
    """Cells along each axis of the final lattice."""

    points_evaluated: int
    """Distances computed, all levels together."""

    dense_points: int
    """Distances that dense evaluation of the final lattice would compute."""

    torn_points: int
    """Points around which distances were lowered to restore thin parts."""

    mirrored: bool
    """Whether half of the surface is the mirror image of the other half."""

    @property
    def share_of_dense(self) -> float:
        """Evaluated points as a share of dense evaluation."""
        return self.points_evaluated / self.dense_points

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "share_of_dense": self.share_of_dense}


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles as marching cubes left them, with the report of how they were found."""

    vertices: np.ndarray
    """(v, 3) float32, canonical frame."""

    faces: np.ndarray
    """(f, 3) int32, counter-clockwise seen from outside."""

    report: ExtractionReport

    values: LatticeValues
    """The distances between which it runs."""

    cells: np.ndarray | None
    """(n,) flat indices of the cells that hold it, and of others; None for all."""

    @property
    def lattice(self) -> Lattice:
        """The lattice of the distances."""
        return self.values.lattice

    def united(self, solids: Sequence[Solid]) -> "Surface":
        """The surface of the union with small solids; its distances are those of the union from now on."""
        before = self.values.evaluated
        changed = [self.values.unite(solid) for solid in solids]
        cells = None if self.cells is None else self.lattice.each_once(self.cells, *changed)
        evaluated = self.report.points_evaluated + self.values.evaluated - before
        return _surface(self.values, cells, replace(self.report, points_evaluated=evaluated))


def extract(field: Field, resolution: int = 128) -> Surface:
    """Triangulate a field's zero surface, evaluating the field only near it.

    A coarse lattice is evaluated whole; cells that may hold surface are split in eight, down to `resolution`
    cells over [-1.03, 1.03] along each axis. Where the surface leaves the cells looked into, it is followed:
    a part of which any cell was looked into is found whole. A symmetric field is evaluated at x >= 0 only
    and its surface mirrored. The triangles are those of Lewiner's marching cubes (scikit-image) on the dense
    lattice.

    Parameters
    ----------
    field : Field
    resolution : int
        16..512, rounded up to a multiple of 8.

    Raises
    ------
    UsageError
        If the resolution is out of range.
    MeshError
        If the field has no surface within the lattice, or is not finite.
    """
    finest = rounded(resolution)
    lattice = Lattice(_coarsest(finest), half=field.symmetric)
    cells, evaluated, mending = lattice.all_cells(), 0, None
    while True:
        values = LatticeValues(field, lattice, mending)
        values.evaluate_unknown(lattice.corners_of(cells))
        if is_mended(lattice, finest):
            cells = values.follow_surface(cells)
            mending = values.mend()
            cells = lattice.each_once(cells, lattice.cells_around(mending.torn))
        if lattice.cells == finest:
            cells = values.follow_surface(cells)
            return _surface(values, cells, _report(lattice, evaluated + values.evaluated, mending))
        evaluated += values.evaluated
        lattice, cells = lattice.octants(cells[values.near_surface(cells)])


def extract_dense(field: Field, resolution: int = 128) -> Surface:
    """The surface from every point of the lattice, both halves: the plain method, kept as the yardstick."""
    finest, mending, evaluated = rounded(resolution), None, 0
    for cells in (finest // 2, finest):
        lattice = Lattice(cells, half=False)
        values = LatticeValues(field, lattice, mending)
        if is_mended(lattice, finest) or cells == finest:
            values.evaluate(np.arange(np.prod(lattice.shape)))
            evaluated += values.evaluated
        if is_mended(lattice, finest):
            mending = values.mend()
    return _surface(values, None, _report(values.lattice, evaluated, mending))


def rounded(resolution: int) -> int:
    """The next multiple of 8, so that lattices can be halved and x = 0 stays a plane of points."""
    if not 16 <= resolution <= 512:
        raise UsageError(f"--resolution must be between 16 and 512, not {resolution}")
    return -(-resolution // 8) * 8


def _coarsest(finest: int) -> int:
    """Cells a side of the lattice that is evaluated whole: an even number that doubles to the finest's."""
    cells = finest
    while cells % 4 == 0 and cells >= 2 * COARSEST:
        cells //= 2
    return cells


def _report(lattice: Lattice, evaluated: int, mending: Mending | None) -> ExtractionReport:
    torn = len(mending.torn) if mending else 0
    return ExtractionReport(lattice.cells, evaluated, (lattice.cells + 1) ** 3, torn, lattice.half)


def _surface(values: LatticeValues, cells: np.ndarray | None, report: ExtractionReport) -> Surface:
    """Marching cubes over `cells` (all where None), in the canonical frame, with its mirror image."""
    lattice = values.lattice
    vertices, faces = values.triangulate(cells)
    on_mirror = vertices[:, 0] == 0
    vertices = (vertices * lattice.spacing + lattice.origin).astype(np.float32)
    if lattice.half:
        vertices, faces = _mirrored(vertices, faces, on_mirror)
    return Surface(vertices, faces, report, values, cells)


def _mirrored(
    vertices: np.ndarray, faces: np.ndarray, on_mirror: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A half and its image at -x, which share the vertices on the mirror plane."""
    image_of = np.arange(len(vertices), dtype=np.int32)
    image_of[~on_mirror] = len(vertices) + np.arange((~on_mirror).sum(), dtype=np.int32)
    image = vertices[~on_mirror] * np.array([-1, 1, 1], np.float32)
    return np.concatenate([vertices, image]), np.concatenate([faces, image_of[faces[:, ::-1]]])
