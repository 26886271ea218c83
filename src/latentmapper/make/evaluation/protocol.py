"""What exactly is measured: every number of a report carries the id of one of these."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from latentmapper.errors import RecipeError
from latentmapper.files import sha256_of_json
from latentmapper.make.evaluation.conditions import SETTINGS, STANDARD, Condition
from latentmapper.shapes.extraction import rounded

STRIDE = 43
"""Step through the grid of views that spreads any first few of them; shares no factor with the 72 views."""
EMD_POINTS = 2048
"""Points that an assignment is usually made of: twice as many take six times as long."""
LATER = ("emd_points", "emd_views", "cells")
"""Fields that the first results did not have."""


@dataclass(frozen=True)
class EvaluationPicture:
    """One picture to be rendered of a test shape."""

    view: int
    """Index into the grid of views, azimuth by azimuth."""
    azimuth: float
    """Degrees; 0 looks at the front."""
    elevation: float
    """Degrees above the horizon."""
    condition: Condition
    """Background, occlusion and damage, by a name of `SETTINGS`."""
    occlusion: float
    """Wanted share of the object that is hidden, 0 to 1."""
    seed: int
    """Of everything random in the picture; the same in all conditions, so that they compare."""


@dataclass(frozen=True)
class Rules:
    """How reconstructions are compared with true shapes.

    Both meshes are moved and scaled so that the bounding box is centred and the farthest vertex has
    radius 1, and compared in the canonical orientation, with no further alignment. Points lie on
    faces, uniform by area, and are kept where at least one of the `viewpoints` directions leads out of
    the mesh unhindered. A method that raises an error or gives no surface counts as failed, and is
    scored as if it had answered with one point at the origin.
    """

    version: int = 1
    """Grows whenever the meaning of the fields, or code that changes numbers, changes."""
    points: int = 5000
    """Points on each of the two meshes."""
    threshold: float = 0.05
    """Distance up to which a point counts as found, for the F-score."""
    viewpoints: int = 64
    """Directions, evenly over the sphere, from which a point may be seen."""
    resolution: int = 96
    """Lattice cells a side at which reconstructions are extracted."""
    azimuths: int = 24
    """Views around the object, evenly spaced, the first at 0 degrees."""
    elevations: tuple[float, ...] = (-5.0, 15.0, 35.0)
    """Degrees above the horizon, for every azimuth."""
    views_per_shape: int = 72
    """Views taken of the grid; a shape's hash says with which to begin."""
    hidden: tuple[float, float] = (0.3, 0.5)
    """Range of the share of the object that occluders hide in the occluded condition."""
    seed: int = 0
    """Of points, backgrounds and occluders."""
    emd_points: int = EMD_POINTS
    """Points of each mesh, the first of those above or all, that are matched one to one for EMD."""
    emd_views: int = 3
    """Views of each shape and condition, the first ones, on which EMD is taken."""
    cells: int = 128
    """Lattice cells a side on which volumes are compared, over the cube -1..1."""

    def __post_init__(self) -> None:
        """Raise `UsageError` for fields that no measurement can follow."""
        rounded(self.resolution)
        if not 1 <= self.views_per_shape <= self.grid:
            raise RecipeError(f"--views-per-shape must lie in 1..{self.grid}, not {self.views_per_shape}")
        most = max(self.points, EMD_POINTS)
        if not 1 <= self.emd_points <= most:
            raise RecipeError(f"--emd-points must lie in 1..{most}, not {self.emd_points}")
        if self.emd_views < 1:
            raise RecipeError(f"--emd-views must be at least 1, not {self.emd_views}")
        if self.cells < 4 or self.cells % 4:
            raise RecipeError(f"the cells a side must be a multiple of 4, not {self.cells}")
        if np.gcd(STRIDE, self.grid) != 1:
            raise RecipeError(
                f"the number of views in the grid ({self.grid}) must not be a multiple of {STRIDE}"
            )

    @property
    def grid(self) -> int:
        """Number of views in the whole grid."""
        return self.azimuths * len(self.elevations)

    @property
    def id(self) -> str:
        """Short name of exactly this protocol.

        Fields that came later count where they differ from their default, so that older ids stay valid.
        """
        untold = {f.name for f in fields(self) if f.name in LATER and getattr(self, f.name) == f.default}
        told = {name: value for name, value in asdict(self).items() if name not in untold}
        return f"lm{self.version}-{self.views_per_shape}x{self.resolution}-{sha256_of_json(told)[:8]}"

    def record(self) -> dict[str, Any]:
        """The fields, with the id, as JSON."""
        return {
            "id": self.id,
            **asdict(self),
            "elevations": list(self.elevations),
            "hidden": list(self.hidden),
        }

    def pictures(
        self, shape_id: str, conditions: tuple[Condition, ...] = STANDARD
    ) -> Iterator[EvaluationPicture]:
        """The pictures to take of one shape, condition by condition, always the same ones."""
        first = _number(shape_id) % self.grid
        for condition in conditions:
            for step in range(self.views_per_shape):
                yield self._picture(shape_id, (first + STRIDE * step) % self.grid, condition)

    def _picture(self, shape_id: str, view: int, condition: Condition) -> EvaluationPicture:
        azimuth, elevation = divmod(view, len(self.elevations))
        seed = _number(self.seed, shape_id, view)
        share = SETTINGS[condition].hidden
        low, high = self.hidden if share is None else (share, share)
        return EvaluationPicture(
            view=view,
            azimuth=360.0 * azimuth / self.azimuths,
            elevation=self.elevations[elevation],
            condition=condition,
            occlusion=low + (high - low) * (seed % 1009) / 1008,
            seed=seed,
        )


def _number(*parts: object) -> int:
    """A 32-bit number from the parts, the same on every machine."""
    digest = hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4], "little")
