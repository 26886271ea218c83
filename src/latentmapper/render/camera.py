"""A pinhole camera that circles a target."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Camera:
    """A perspective camera in the canonical frame (+Y up, front +Z, +X to the object's left).

    Pixel (0, 0) is the upper left one; pixel centres lie at half-integers.
    """

    azimuth: float
    """Degrees: 0 looks at the object's front (camera at +Z), 90 at its left side (camera at +X)."""
    elevation: float
    """Degrees above the ground plane."""
    distance: float
    """From the target to the eye, in canonical units (the object's radius is 1)."""
    fov: float
    """Degrees across the longer side of the picture."""
    roll: float = 0.0
    """Degrees; positive turns the object clockwise in the picture."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Where the target appears: right and up of the centre, in halves of the longer side."""
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """The point looked at, canonical units."""

    @property
    def position(self) -> NDArray[np.float64]:
        """(3,) the eye, canonical units."""
        return np.asarray(self.target) - self.distance * self.axes[2]

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rows: unit vectors to the picture's right, to its top, and into the scene."""
        azimuth, elevation, roll = np.radians([self.azimuth, self.elevation, self.roll])
        right = np.array([np.cos(azimuth), 0.0, -np.sin(azimuth)])
        forward = -np.array(
            [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
        )
        up = np.cross(right, forward)
        return np.stack(
            [np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right, forward]
        )

    def rays(self, size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """One ray through the centre of every pixel of a picture of `size` (height, width).

        Returns
        -------
        origins, directions : (h * w, 3) float32, row by row; directions have length 1
        """
        rows, columns = np.mgrid[: size[0], : size[1]]
        return self.rays_through(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1), size)

    def rays_through(
        self, points: NDArray[np.floating], size: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Rays through picture points.

        Parameters
        ----------
        points : (n, 2) column and row in pixels, (0, 0) at the picture's upper left corner
        size : height and width of the picture in pixels

        Returns
        -------
        origins, directions : (n, 3) float32; directions have length 1
        """
        half, slope = max(size) / 2, np.tan(np.radians(self.fov) / 2)
        axes = self.axes
        step = np.stack([axes[0], -axes[1]]) * (slope / half)
        centre = np.array([size[1] / 2, size[0] / 2]) + np.asarray(self.shift) * [half, -half]
        directions = points.astype(np.float32) @ step.astype(np.float32)
        directions += (axes[2] - centre @ step).astype(np.float32)
        directions /= np.sqrt(np.einsum("nd,nd->n", directions, directions))[:, None]
        return np.broadcast_to(self.position.astype(np.float32), directions.shape), directions

    def project(
        self, points: NDArray[np.floating], size: tuple[int, int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where points of the scene appear; the inverse of `rays_through`.

        Parameters
        ----------
        points : (n, 3) canonical frame
        size : height and width of the picture in pixels

        Returns
        -------
        pixels : (n, 2) column and row
        depth : (n,) distance along the viewing axis; negative behind the eye
        """
        local = (points - self.position) @ self.axes.T
        slope = np.tan(np.radians(self.fov) / 2)
        depth = local[:, 2]
        offset = local[:, :2] / (depth[:, None] * slope) + np.asarray(self.shift)
        centre = np.array([size[1] / 2, size[0] / 2])
        return centre + offset * [1.0, -1.0] * (max(size) / 2), depth
