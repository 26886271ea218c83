"""A code and a camera, adjusted until the shape's silhouette fits the mask of a photo.

The most probable answer given the mask (maximum a posteriori): the code may leave what the mapper said along
the principal axes of the known codes, the camera what the view head said, both at a price. Jacobians are
finite differences of silhouettes, steps are those of Levenberg and Marquardt as SciPy takes them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.mapping import Mapping
from latentmapper.pack import Pack
from latentmapper.photo.foreground import Mask
from latentmapper.photo.framing import Box, extent
from latentmapper.render.camera import Camera
from latentmapper.render.overlay import camera_for
from latentmapper.render.raycast import Scene
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Triangles
from latentmapper.view import View, no_view

GRID = 96
"""Points along the longer side of the window in which silhouette and mask are compared."""
MARGIN = 0.15
"""How far the window goes beyond the mask, in the mask's own longer side."""
BLUR = 0.03
"""Deviation of the Gaussian through which both are compared, in sides of the window: where edges lie apart,
the difference then tells by how much."""
NOISE = 0.02
"""Standard deviation of a mask's edge, in sides of the window: those of location heads are about so exact."""
PIECE = 0.15
"""Length of edge that errs as one, in sides of the window."""
AXES = 8
"""Principal axes of the codes along which a code may move."""
CODE = 0.5
"""Standard deviation of what the mapper says, in those of the known codes."""
POSE = (8.0, 4.0, 2.0, 0.25, 0.1, 0.03, 0.03)
"""Of azimuth, elevation and roll, degrees; of the logarithms of distance and size; of the place across and
up, in halves of the photo's longer side."""
CELLS = 32
"""Cells along each axis of the lattice in which surfaces are found on the way."""
DIFFERENCE = 0.5
"""Step of the finite differences, in those standard deviations: an edge has to move by some points of the
grid."""

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Window:
    """The part of a photo around its object."""

    size: tuple[int, int]
    """Height and width of the photo, pixels."""
    points: Points
    """(n, 2) column and row, pixels, of the points that are looked at, row by row."""
    mask: NDArray[np.float32]
    """(h, w) how much of the object is around each of them, 0 to 1; h * w = n."""

    @classmethod
    def around(cls, mask: Mask) -> "Window":
        """The window around the object in a mask (h, w), which is somewhere more than 0.5."""
        from PIL import Image

        height, width = mask.shape
        found = extent(mask > 0.5) or (0, 0, height, width)
        room = MARGIN * max(found[2] - found[0], found[3] - found[1])
        top, left = max(0.0, found[0] - room), max(0.0, found[1] - room)
        bottom, right = min(float(height), found[2] + room), min(float(width), found[3] + room)
        cell = max(bottom - top, right - left) / GRID
        rows, columns = max(1, round((bottom - top) / cell)), max(1, round((right - left) / cell))
        y = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
        x = left + (np.arange(columns) + 0.5) * (right - left) / columns
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        shrunk = Image.fromarray(mask).resize(
            (columns, rows), Image.Resampling.BOX, (left, top, right, bottom)
        )
        return cls((height, width), points, np.asarray(shrunk, np.float32))

    def silhouette(self, shape: Triangles, camera: Camera) -> NDArray[np.bool_]:
        """(h, w) which points a shape covers."""
        rays = camera.rays_through(self.points, self.size)
        met = Scene(shape.vertices, shape.faces).first(*map(np.ascontiguousarray, rays)) >= 0
        return met.reshape(self.mask.shape)

    def overlap(self, shape: Triangles, camera: Camera) -> float:
        """Intersection over union of a shape's silhouette and the mask."""
        seen, wanted = self.silhouette(shape, camera), self.mask > 0.5
        return float((seen & wanted).sum() / max((seen | wanted).sum(), 1))

    def apart(self, shape: Triangles, camera: Camera) -> Points:
        """(n,) the blurred difference, scaled so that its sum of squares is that of how far all pieces of the
        edge lie beside the mask, in units of `NOISE`."""
        from scipy.ndimage import gaussian_filter

        side = max(self.mask.shape)
        apart = self.silhouette(shape, camera) - self.mask
        blurred = gaussian_filter(apart.astype(np.float64), BLUR * side, mode="nearest").ravel()
        # A straight edge of l points, d points beside the other, has squares of l d^2 / (2 sqrt(pi) blur).
        return blurred * np.sqrt(2 * np.sqrt(np.pi) * BLUR / PIECE) / (NOISE * side)


@dataclass(frozen=True, eq=False)
class Problem:
    """What is minimised, as a function of x (AXES + POSE,): steps of code and camera in their deviations."""

    window: Window
    code: NDArray[np.float32]
    camera: Camera
    known: Distribution
    shape_of: Callable[[NDArray[np.float32]], Triangles]
    """The surface of a code (d,)."""

    @property
    def axes(self) -> int:
        """Along how many the code moves."""
        return min(AXES, len(self.known.deviations))

    def code_at(self, x: Points) -> NDArray[np.float32]:
        """The code (d,), never beyond what is plausible."""
        whitened = np.zeros(len(self.known.deviations))
        whitened[: self.axes] = CODE * x[: self.axes]
        step = self.known.step(whitened)
        return (self.code + self.known.reach(self.code, step) * step).astype(np.float32)

    def camera_at(self, x: Points) -> Camera:
        """The camera; farther away or nearer, it shows the object as large as before."""
        azimuth, elevation, roll, distance, size, across, up = np.multiply(x[self.axes :], POSE)
        slope = np.tan(np.radians(self.camera.fov) / 2) * np.exp(-distance - size)
        return replace(
            self.camera,
            azimuth=float(self.camera.azimuth + azimuth),
            elevation=float(self.camera.elevation + elevation),
            roll=float(self.camera.roll + roll),
            distance=float(self.camera.distance * np.exp(distance)),
            fov=float(np.degrees(2 * np.arctan(slope))),
            shift=(float(self.camera.shift[0] + across), float(self.camera.shift[1] + up)),
        )

    def residuals(self, x: Points) -> Points:
        """What the silhouette lies beside the mask, and what the answer lies beside what was told."""
        return self._residuals(x, self.shape_of(self.code_at(x)))

    def jacobian(self, x: Points) -> Points:
        """Derivatives of the residuals; a step of the camera needs no other surface."""
        shape = self.shape_of(self.code_at(x))
        here, columns = self._residuals(x, shape), []
        for number in range(len(x)):
            moved = x.copy()
            moved[number] += DIFFERENCE
            there = self._residuals(moved, shape) if number >= self.axes else self.residuals(moved)
            columns.append((there - here) / DIFFERENCE)
        return np.stack(columns, axis=1)

    def _residuals(self, x: Points, shape: Triangles) -> Points:
        return np.concatenate([self.window.apart(shape, self.camera_at(x)), x])


@dataclass(frozen=True, eq=False)
class Refined:
    """What fits the mask better than what the mapper and the view head said, or as well."""

    code: NDArray[np.float32]
    """(d,) latent code."""
    camera: Camera
    """Which shows the shape where the photo shows the object, whatever size the photo is given in."""
    before: float
    """Intersection over union of silhouette and mask before, 0..1."""
    after: float
    """The same now, never less."""
    view: View
    """From where the photo was taken, as the camera has it."""

    def to_json(self) -> dict[str, float]:
        """The overlaps, as JSON values."""
        return {"overlap_before": round(self.before, 4), "overlap": round(self.after, 4)}


def refine(
    pack: Pack, code: NDArray[np.float32], view: View, box: Box, mask: Mask, steps: int, resolution: int
) -> Refined:
    """Fit a code and the view of a photo to its mask.

    Parameters
    ----------
    code : (d,) what the mapper said.
    box : top, left, bottom and right of the object, in heights and widths of the photo.
    mask : (h, w) 0..1 of the photo, somewhere more than 0.5.
    steps : at most so many.
    resolution : cells along each axis of the lattice in which the final surface will be found: it is the one
        that must not be worse than before.

    Raises
    ------
    MeshError : a code has no surface.
    """
    window, known = Window.around(mask), pack.distribution
    start = camera_for(extract(pack.field(code), CELLS).vertices, view, box, window.size)
    problem = Problem(window, code, start, known, lambda each: extract(pack.field(each), CELLS))
    found, camera = solve(problem, steps)
    before, after = (
        window.overlap(extract(pack.field(each), resolution), at)
        for each, at in ((code, start), (found, camera))
    )
    if after <= before:
        return Refined(code, start, before, before, view)
    seen = replace(view, azimuth=camera.azimuth % 360, elevation=camera.elevation, roll=camera.roll)
    return Refined(found, camera, before, after, seen)


def refine_mapping(
    pack: Pack, mapping: Mapping, box: Box | None, mask: Mask | None, steps: int, resolution: int
) -> tuple[Refined | None, tuple[str, ...]]:
    """What `refine` makes of a mapping, or a warning that says what is missing for it."""
    if mapping.view is None:
        return None, (f"not refined: {no_view(pack.id)}",)
    if mask is None or box is None:
        return None, ("not refined: there is no mask to fit; --foreground bundled makes one",)
    return refine(pack, mapping.code, mapping.view, box, mask, steps, resolution), ()


def solve(problem: Problem, steps: int) -> tuple[NDArray[np.float32], Camera]:
    """The code (d,) and camera that are the most probable after so many steps at most."""
    from scipy.optimize import least_squares

    start = np.zeros(problem.axes + len(POSE))
    # SciPy takes a function here too, but says that it takes names only.
    jacobian: Any = problem.jacobian
    found = least_squares(problem.residuals, start, jacobian, max_nfev=steps + 1).x
    return problem.code_at(found), problem.camera_at(found)
