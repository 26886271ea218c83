"""A template's distances baked into a grid, with the cells that are too coarse for it marked."""

from collections.abc import Mapping

import numpy as np

from latentmapper.errors import PackError
from latentmapper.shapes.trilinear import between, locate

NAMES = ("values", "coarse", "origin", "spacing")
FAR = 0.08
"""A distance, network units, that is trusted to be no surface though the grid ends there."""


class TemplateGrid:
    """Trilinear distances near a template's surface.

    Parameters
    ----------
    arrays : as `template.safetensors` of a pack holds them: `values` (nx, ny, nz) distances, `coarse` one bit
        a cell, set where the template bends too much for the grid, `origin` (3,) the first point, and
        `spacing` (1,), all in network units.

    Raises
    ------
    PackError : arrays that do not fit together.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        if missing := [name for name in NAMES if name not in arrays]:
            raise PackError(f"template.safetensors lacks {', '.join(missing)}")
        values = arrays["values"]
        cells = int(np.prod(np.array(values.shape) - 1))
        if values.ndim != 3 or min(values.shape) < 2 or len(arrays["coarse"]) != -(-cells // 8):
            raise PackError(f"template.safetensors holds a grid {values.shape} that its marks do not fit")
        self._shape = values.shape
        self._values = np.ascontiguousarray(values.reshape(-1, 1), np.float32)
        self._coarse = np.zeros(values.shape, bool)
        marks = np.unpackbits(arrays["coarse"], count=cells).astype(bool)
        self._coarse[:-1, :-1, :-1] = marks.reshape(np.array(values.shape) - 1)
        self._coarse = self._coarse.reshape(-1)
        self._origin, self._spacing = arrays["origin"].astype(np.float64), float(arrays["spacing"][0])

    def look_up(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distances at points of the template.

        Parameters
        ----------
        points : (n, 3) float32, network units

        Returns
        -------
        distances : (n,) float32, network units; beyond the grid, those of its border
        trusted : (n,) bool, False where the grid is too coarse or ends too near the surface
        """
        positions = (points - self._origin) / self._spacing
        cells, parts = locate(positions, self._shape)
        distances = between(self._values, cells, parts, self._shape)[:, 0]
        beyond = ((positions < 0) | (positions > np.array(self._shape) - 1)).any(axis=1)
        return distances, ~self._coarse[cells] & ~(beyond & (distances < FAR))
