"""The octree that Deep Implicit Templates are evaluated with, as a yardstick for sparse extraction.

The code published with Zheng et al. (CVPR 2021, arXiv:2011.14565) evaluates a lattice of 64 cells along an
axis, then lattices twice as fine. A cell at whose corners the clamped distances hardly differ gets their
middle and is not looked into again; all other points are evaluated, and marching cubes runs over the whole
of the last lattice.

Here no point is evaluated twice and cells are filled all at once, which the published code does one by one.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from skimage.measure import marching_cubes

from latentmapper.shapes.extraction import ExtractionReport, rounded
from latentmapper.shapes.field import Field, lattice_sampler
from latentmapper.shapes.lattice import Lattice

COARSEST = 64
"""Cells along an axis of the first lattice, at least."""

CLAMP = 0.1
"""Distances are trained up to this, and mean nothing beyond."""

FLAT = 0.25
"""A cell is filled if its corners differ by less than this, in cells of the last lattice."""


@dataclass(frozen=True, eq=False)
class OctreeSurface:
    """Triangles as marching cubes left them, with the report of how they were found."""

    vertices: np.ndarray
    """(v, 3) float32, canonical frame."""
    faces: np.ndarray
    """(f, 3) int32, counter-clockwise seen from outside."""
    report: ExtractionReport


def extract_octree(field: Field, resolution: int = 128) -> OctreeSurface:
    """The surface by that octree, both halves, not mended or closed at the border; see `extract`."""
    lattice = Lattice(rounded(resolution), half=False)
    values, evaluated = _distances(field, lattice)
    vertices, faces, _, _ = marching_cubes(values, 0.0)
    vertices = (vertices * lattice.spacing + lattice.origin).astype(np.float32)
    report = ExtractionReport(lattice.cells, evaluated, values.size, torn_points=0, mirrored=False)
    return OctreeSurface(vertices, faces, report)


def _distances(field: Field, lattice: Lattice) -> tuple[np.ndarray, int]:
    """Distances on the whole lattice, an array of its shape, and how many of them were evaluated."""
    sample = lattice_sampler(field, lattice.axes)
    values, known = np.zeros(lattice.shape, np.float32), np.zeros(lattice.shape, bool)
    step, evaluated = 1 << (max(lattice.cells // COARSEST, 1).bit_length() - 1), 0
    while step:
        coarse = np.s_[::step, ::step, ::step]
        at = np.nonzero(~known[coarse])
        values[coarse][at] = sample(*(index * step for index in at))
        known[coarse] = True
        evaluated += len(at[0])
        if step > 1:
            _fill(values, known, step, FLAT * lattice.spacing)
        step //= 2
    return values, evaluated


def _fill(values: np.ndarray, known: np.ndarray, step: int, flat: float) -> None:
    """Where the corners of a cell of `step`^3 differ by less than `flat`, its points get their middle."""
    points = values[::step, ::step, ::step].clip(-CLAMP, CLAMP)
    ends = (slice(None, -1), slice(1, None))
    corners = np.stack([points[corner] for corner in product(ends, repeat=3)])
    low, high = corners.min(axis=0), corners.max(axis=0)
    inner = np.s_[:-1, :-1, :-1]
    filled = ~known[inner] & _whole(high - low < flat, step)
    values[inner][filled] = _whole((low + high) / 2, step)[filled]
    known[inner] |= filled


def _whole(cells: np.ndarray, step: int) -> np.ndarray:
    """What each cell holds, at its `step`^3 points."""
    return cells.repeat(step, 0).repeat(step, 1).repeat(step, 2)
