"""How a category's codes are spread, and how far out of that an edited code may go."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

USUAL = 0.99
"""Share of the known shapes that lie within the limit."""
VARIANCE = 0.999
"""Share of the codes' variance that the axes hold; what is left has no direction to speak of."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """The known codes of a category as a normal distribution, along its principal axes."""

    mean: NDArray[np.float64]
    """(d,)."""
    axes: NDArray[np.float64]
    """(m, d) unit vectors, by falling deviation."""
    deviations: NDArray[np.float64]
    """(m,) standard deviation of the codes along each axis."""
    limit: float
    """Mahalanobis distance from the mean within which codes are plausible."""

    @classmethod
    def of(cls, bank: NDArray[np.floating]) -> "Distribution":
        """The distribution of codes (N, d)."""
        codes = np.asarray(bank, np.float64)
        mean = codes.mean(axis=0)
        # Of the covariance rather than of the codes: the same axes, sooner.
        squares, vectors = np.linalg.eigh((codes - mean).T @ (codes - mean))
        squares, axes = squares[::-1].clip(0), vectors.T[::-1]
        count = int(np.searchsorted(np.cumsum(squares) / np.sum(squares), VARIANCE)) + 1
        axes, deviations = axes[:count], np.sqrt(squares[:count] / max(len(codes) - 1, 1))
        radii = np.linalg.norm((codes - mean) @ axes.T / deviations, axis=1)
        return cls(mean, axes, deviations, float(np.quantile(radii, USUAL)))

    def whitened(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Codes (..., d) in standard deviations along the axes (..., m)."""
        return (np.asarray(codes, np.float64) - self.mean) @ self.axes.T / self.deviations

    def step(self, whitened: NDArray[np.floating]) -> NDArray[np.float64]:
        """Steps (..., m) in standard deviations as steps of the code (..., d)."""
        return (np.asarray(whitened) * self.deviations) @ self.axes

    def radius(self, code: NDArray[np.floating]) -> float:
        """Mahalanobis distance of a code (d,) from the mean."""
        return float(np.linalg.norm(self.whitened(code)))

    def reach(self, code: NDArray[np.floating], step: NDArray[np.floating]) -> float:
        """Which share of a step (d,) from a code (d,) stays plausible, 0..1; a code that is outside already
        may go anywhere that is not farther out."""
        start = self.whitened(code)
        move = np.asarray(step, np.float64) @ self.axes.T / self.deviations
        a, b = float(move @ move), float(start @ move)
        room = max(self.limit**2 - float(start @ start), 0.0)
        if a == 0:
            return 1.0
        return float(min(1.0, (np.sqrt(b * b + a * room) - b) / a))
