"""Deep Implicit Templates (Zheng et al., CVPR 2021) in use: a code's warp, and the template it leads to.

Exact evaluation runs the warper's recurrent steps at every point. But the warp is smooth, and the template is
the same for every code: extraction interpolates the warp between the points of a coarse lattice and looks
distances up in a baked grid, and evaluates exactly only where a test finds one of the two too coarse, and
right at the surface.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.runtime import DEFAULT_THREADS, Session
from latentmapper.shapes.field import Axes, LatticeSampler
from latentmapper.shapes.lattice import BOUND
from latentmapper.shapes.mending import CELLS
from latentmapper.shapes.template_grid import TemplateGrid
from latentmapper.shapes.warp_lattice import Warp, WarpLattice

ROWS = 4096
"""Points evaluated at once: their gates stay in a core's cache."""

LATTICES = (32, 64)
"""Cells along an axis of the lattices that the warp is interpolated on; the next where one is too coarse."""

TOLERANCE = 0.1
"""Error of an interpolated warp that is accepted, in cells of the lattice that is sampled."""

DOUBT = CELLS + 0.05
"""Interpolated distances below this, in cells of the lattice that is sampled, are replaced by exact ones. No
sign is in doubt then, nor what is torn; and a field so flat that small errors move its surface is exact."""

FINEST = 128
"""Cells along an axis by which the tolerance of template coordinates is measured."""


class DITBase:
    """The base model "dit" of a pack: see docs/pack-format.md."""

    def __init__(self, folder: Path, entry: dict[str, Any], threads: int = DEFAULT_THREADS) -> None:
        from safetensors.numpy import load_file

        self.code_size = int(entry["code_size"])
        self.symmetric = bool(entry["symmetric"])
        self._warp = Session(folder / "warp.onnx", threads)
        self._template = Session(folder / "template.onnx", threads)
        self._grid = TemplateGrid(load_file(folder / "template.safetensors"))

    def field(self, code: NDArray[np.float32]) -> "DITField":
        """The field of a code (d,), which extraction evaluates the fast way."""
        return DITField(self.exact(code), self._grid)

    def exact(self, code: NDArray[np.float32]) -> "ExactDITField":
        """The field of a code (d,), which extraction evaluates exactly: the yardstick of the fast way."""

        def warp(points: np.ndarray) -> np.ndarray:
            return self._warp.run(["warped"], code=code[None], points=points)[0]

        return ExactDITField(warp, self._distances, self.symmetric)

    @property
    def template(self) -> "ExactDITField":
        """The category's template itself, as a field: template coordinates lie on its surface."""
        return ExactDITField(lambda points: points, self._distances, self.symmetric)

    def _distances(self, points: np.ndarray) -> np.ndarray:
        return self._template.run(["distances"], points=points)[0]


class ExactDITField:
    """A template's distance at the warped point, every step of the warp evaluated (`Field`).

    Parameters
    ----------
    warp : network units, at x >= 0 if symmetric.
    distances : of points of the template, network units.
    symmetric : whether the field at (-x, y, z) is the field at (x, y, z).
    """

    def __init__(self, warp: Warp, distances: Callable[[np.ndarray], np.ndarray], symmetric: bool) -> None:
        self.symmetric = symmetric
        self._warp, self._distances = warp, distances

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """Signed distances (n,) float32 at points (n, 3), canonical frame."""
        return self.distances(self.warp(self.folded(points))) * np.float32(BOUND)

    def folded(self, points: np.ndarray) -> np.ndarray:
        """Canonical points (n, 3) in network units, brought to x >= 0 where the field is symmetric."""
        q = (np.asarray(points) / BOUND).astype(np.float32)
        if self.symmetric:
            q[:, 0] = np.abs(q[:, 0])
        return q

    def warp(self, q: np.ndarray) -> np.ndarray:
        """Where folded points lie on the template (n, 3), network units."""
        return _in_rows(self._warp, q, np.empty((len(q), 3), np.float32))

    def distances(self, warped: np.ndarray) -> np.ndarray:
        """Distances (n,) of points of the template (n, 3), network units."""
        return _in_rows(self._distances, warped, np.empty(len(warped), np.float32))


class DITField:
    """The field of a code, with a fast way to lattices and the place of every point on the template.

    Parameters
    ----------
    exact : evaluates every step.
    grid : the template's distances.
    """

    def __init__(self, exact: ExactDITField, grid: TemplateGrid) -> None:
        self.symmetric = exact.symmetric
        self._exact, self._grid = exact, grid
        self._lattices = [WarpLattice(cells, exact.warp, lambda q: grid.look_up(q)[0]) for cells in LATTICES]

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """Signed distances (n,) float32 at points (n, 3), canonical frame, exactly."""
        return self._exact.evaluate(points)

    def on_lattice(self, axes: Axes) -> LatticeSampler:
        """A sampler of the points whose coordinates along x, y, z are in `axes` (canonical frame)."""
        spacing = float(axes[1][1] - axes[1][0]) / BOUND

        def sample(i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
            points = np.stack([axis[at] for axis, at in zip(axes, (i, j, k), strict=True)], axis=-1)
            q = self._exact.folded(points)
            distances = self._look_up(self._warp(q, TOLERANCE * spacing))
            doubtful = np.flatnonzero(np.abs(distances) < DOUBT * spacing)
            distances[doubtful] = self._exact.distances(self._exact.warp(q[doubtful]))
            return distances * np.float32(BOUND)

        return sample

    def template_coordinates(self, points: np.ndarray) -> np.ndarray:
        """Where points lie on the category's template.

        In a symmetric category a point at x < 0 lies on the mirror image of the template.

        Parameters
        ----------
        points : (n, 3) float32, canonical frame

        Returns
        -------
        (n, 3) float32, canonical frame of the template, within a tenth of a cell of a 128^3 lattice
        """
        warped = self._warp(self._exact.folded(points), TOLERANCE * 2 / FINEST) * np.float32(BOUND)
        if self.symmetric:
            warped[:, 0] *= np.where(points[:, 0] < 0, -1, 1)
        return warped

    def _warp(self, q: np.ndarray, tolerance: float) -> np.ndarray:
        """Folded points (n, 3) warped, each by the coarsest lattice that is good enough for it."""
        warped, open_ = np.empty((len(q), 3), np.float32), np.arange(len(q))
        for lattice in self._lattices:
            found, errors = lattice.interpolate(q[open_])
            good = errors <= tolerance
            warped[open_[good]] = found[good]
            open_ = open_[~good]
        warped[open_] = self._exact.warp(q[open_])
        return warped

    def _look_up(self, warped: np.ndarray) -> np.ndarray:
        distances, trusted = self._grid.look_up(warped)
        distances[~trusted] = self._exact.distances(warped[~trusted])
        return distances


def _in_rows(work: Callable[[np.ndarray], np.ndarray], points: np.ndarray, out: np.ndarray) -> np.ndarray:
    """`out` filled with what `work` makes of the points, block by block."""
    for start in range(0, len(points), ROWS):
        out[start : start + ROWS] = work(points[start : start + ROWS])
    return out
