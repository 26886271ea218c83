"""A mesh as what is measured on it: its points in lengths of the object, and how high it is where."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.shapes.components import largest_shell
from latentmapper.shapes.mesh import Triangles

MIDDLE = 0.03
"""Half the width, in lengths, of what counts as the middle of the object."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The points of a surface, in lengths of the object, and levels at which its profile is crossed."""

    points: np.ndarray
    """(n, 3) float64: x to the left from the middle, y from the ground up, s from the nose (0) to the
    rear (1), all in lengths of the object."""

    @classmethod
    def of(cls, mesh: Triangles) -> "Outline":
        """The outline of a mesh's largest piece, canonical frame.

        Raises
        ------
        MeshError : it has no length to measure by.
        """
        body, _ = largest_shell(mesh)
        vertices = body.vertices.astype(np.float64)
        length = float(np.ptp(vertices[:, 2]))
        if not length > 0:
            raise MeshError("the mesh has no length to measure it by")
        x, y, z = vertices.T
        return cls(np.stack([x, y - y.min(), z.max() - z], axis=-1) / length)

    @property
    def height(self) -> float:
        """Height over length."""
        return float(self.points[:, 1].max())

    def width(self, below: float = 1.0) -> float:
        """Width over length of what lies below a share of the height."""
        low = self.points[self.points[:, 1] <= below * self.height]
        return float(np.ptp(low[:, 0]))

    @cached_property
    def middle(self) -> np.ndarray:
        """(m, 2) s and y of the points near the mirror plane."""
        near = self.points[np.abs(self.points[:, 0]) < MIDDLE]
        return near[:, [2, 1]]

    def rise(self, level: float, rear: bool = False) -> float:
        """Where the profile of the middle first comes to a height, in lengths behind the nose, or with `rear`
        before the rear."""
        s, y = self.middle.T
        return reached(1 - s if rear else s, y, level)

    def top(self, first: float, last: float) -> float:
        """The highest point of the middle between two places s, in lengths."""
        s, y = self.middle.T
        return float(y[(s >= first) & (s <= last)].max(initial=0.0))

    def bottom(self, first: float, last: float) -> float:
        """The lowest point between two places s, in lengths: the ground clearance there."""
        _, y, s = self.points.T
        return float(y[(s >= first) & (s <= last)].min(initial=self.height))


def reached(along: np.ndarray, values: np.ndarray, level: float) -> float:
    """Where values (n,) first come up to a level, going along a line, straight between the record values; NaN
    where there are none."""
    if not len(along):
        return float("nan")
    order = np.argsort(along, kind="stable")
    along, values = along[order], np.maximum.accumulate(values[order])
    records = np.flatnonzero(np.diff(values, prepend=-np.inf) > 0)
    return float(np.interp(level, values[records], along[records]))
