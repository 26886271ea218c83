"""How a category's codes are spread, and how far out of that an edited code may go."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

USUAL = 0.99
"""Share of the known shapes that have another one within the limit."""
VARIANCE = 0.999
"""Share of the codes' variance that the axes hold; what is left has no direction to speak of."""
ASKED = 4096
"""Known shapes whose neighbours the limit is taken from, at most; evenly chosen from more."""
BLOCK = 512
"""Known shapes that are compared with all others at once."""
TOUCHING = 1e-6
"""Shares of a step that count as none: what rounding makes of codes on the border."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """The known codes of a category, and their principal axes.

    A code is plausible where a known shape is near: no farther than almost all known shapes are from the next
    one. A radius about the mean would not do. Codes have hundreds of axes, most of which hold next to
    nothing; known shapes fill them all and so lie far out, while a dozen sliders at their ends, which use a
    few axes, lie farther in than these and are no shape any more.
    """

    mean: NDArray[np.float64]
    """(d,)."""
    axes: NDArray[np.float64]
    """(m, d) unit vectors, by falling deviation."""
    deviations: NDArray[np.float64]
    """(m,) standard deviation of the codes along each axis."""
    known: NDArray[np.float64]
    """(N, d) the codes."""
    limit: float
    """Distance of codes from the nearest known one within which they are plausible."""

    @classmethod
    def of(cls, bank: NDArray[np.floating]) -> "Distribution":
        """The distribution of codes (N, d)."""
        codes = np.asarray(bank, np.float64)
        mean = codes.mean(axis=0)
        # Of the covariance rather than of the codes: the same axes, sooner.
        squares, vectors = np.linalg.eigh((codes - mean).T @ (codes - mean))
        squares, axes = squares[::-1].clip(0), vectors.T[::-1]
        count = int(np.searchsorted(np.cumsum(squares), VARIANCE * np.sum(squares))) + 1
        axes, deviations = axes[:count], np.sqrt(squares[:count] / max(len(codes) - 1, 1))
        limit = float(np.quantile(_apart(codes - mean), USUAL)) if len(codes) > 1 else np.inf
        return cls(mean, axes, deviations, codes, limit)

    def whitened(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Codes (..., d) in standard deviations along the axes (..., m)."""
        return (np.asarray(codes, np.float64) - self.mean) @ self.axes.T / self.deviations

    def step(self, whitened: NDArray[np.floating]) -> NDArray[np.float64]:
        """Steps (..., m) in standard deviations as steps of the code (..., d)."""
        return (np.asarray(whitened) * self.deviations) @ self.axes

    def distance(self, code: NDArray[np.floating]) -> float:
        """How far a code (d,) is from the nearest known one."""
        return float(np.sqrt(self._squares_from(np.asarray(code, np.float64)).min()))

    def nearest(self, code: NDArray[np.floating]) -> NDArray[np.float64]:
        """The nearest plausible code (d,): itself, or one on the way to the nearest known one."""
        found = np.asarray(code, np.float64)
        squares = self._squares_from(found)
        known, apart = self.known[squares.argmin()], float(np.sqrt(squares.min()))
        return found if apart <= self.limit else known + self.limit / apart * (found - known)

    def reach(self, code: NDArray[np.floating], step: NDArray[np.floating]) -> float:
        """Which share of a step (d,) from a code (d,) stays plausible all the way, 0..1; a code that is
        outside already may go anywhere that is not farther out."""
        start, move = np.asarray(code, np.float64), np.asarray(step, np.float64)
        squares, a = self._squares_from(start), float(move @ move)
        limit = max(self.limit**2, float(squares.min()))
        if a == 0 or not np.isfinite(limit):
            return 1.0
        # What is plausible is a union of balls; where the step enters and leaves each of them:
        b = (float(start @ move) - self.known @ move) / a
        under = b * b - (squares - limit) / a
        met = under >= 0
        half = np.sqrt(under[met])
        return min(1.0, _covered(-b[met] - half, half - b[met]))

    def _squares_from(self, code: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) squared distances of a code (d,) from the known ones."""
        return np.maximum(self._squares - 2 * (self.known @ code) + code @ code, 0.0)

    @cached_property
    def _squares(self) -> NDArray[np.float64]:
        return np.square(self.known).sum(axis=1)


def _covered(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> float:
    """How far intervals cover a line from 0 on without a gap."""
    order = np.argsort(starts)
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    before = np.concatenate([[0.0], np.maximum(ends, 0.0)])
    gaps = np.flatnonzero(starts > before[:-1] + TOUCHING)
    return float(before[gaps[0] if len(gaps) else -1])


def _apart(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far codes (N, d), or `ASKED` of them, are from the nearest other one."""
    chosen = np.unique(np.linspace(0, len(codes) - 1, min(len(codes), ASKED)).astype(int))
    # In float32, as this is what takes time; how near twins are does not matter.
    found, squares = codes.astype(np.float32), np.square(codes).sum(axis=1).astype(np.float32)
    nearest = []
    for rows in np.split(chosen, range(BLOCK, len(chosen), BLOCK)):
        apart = squares[rows, None] + squares - 2 * found[rows] @ found.T
        apart[np.arange(len(rows)), rows] = np.inf
        nearest.append(apart.min(axis=1))
    return np.sqrt(np.maximum(np.concatenate(nearest), 0.0))
