"""What a direction does to decoded meshes, measured on codes that it was not fitted to."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing.sliders import STEPS
from latentmapper.make.editing.sampling import Measured, Samples

FEW = 10
"""One test code in so many is also moved by the other steps of the effect curve."""

Reading = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""What a slider is about, (n,), read from measures (n, a)."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Test codes moved along one direction."""

    at: NDArray[np.float64]
    """(n,) by how many steps, one of `STEPS`."""
    before: NDArray[np.float64]
    """(n, a) measures before."""
    after: NDArray[np.float64]
    """(n, a) measures after."""

    def gains(self, reading: Reading) -> NDArray[np.float64]:
        """(k,) what a step of one upwards brings; codes moved downwards count with the other sign."""
        ones = np.abs(self.at) == 1
        return (reading(self.after[ones]) - reading(self.before[ones])) * self.at[ones]

    def curve(self, reading: Reading) -> list[float]:
        """What each of `STEPS` brings on average."""
        gains = reading(self.after) - reading(self.before)
        return [float(gains[self.at == step].mean()) if (self.at == step).any() else 0.0 for step in STEPS]

    def changes(self) -> NDArray[np.float64]:
        """(a,) by how much each measure changes at a step of one, in absolute value and on average."""
        ones = np.abs(self.at) == 1
        return np.abs(self.after[ones] - self.before[ones]).mean(axis=0)


@dataclass(frozen=True, eq=False)
class Bench:
    """Test codes, and how they are measured after a move."""

    samples: Samples
    distribution: Distribution
    measured: Measured

    def moves(self, step: NDArray[np.floating], curve: bool = True) -> Moves:
        """Move codes along a step (d,) as an editor would.

        All are moved by one step, every other of them downwards, since a slider must work both ways; for the
        curve, some are also moved by the other steps.
        """
        chosen = range(len(self.samples.codes))
        plan = [(number, 1.0 if order % 2 else -1.0) for order, number in enumerate(chosen)]
        if curve:
            plan += [(number, at) for number in chosen[::FEW] for at in STEPS if abs(at) > 1]
        rows = np.array([number for number, _ in plan])
        at = np.array([amount for _, amount in plan])
        after = np.stack([self._moved(number, amount * step) for number, amount in plan])
        good = np.isfinite(after).all(axis=1)
        return Moves(at[good], self.samples.values[rows[good]], after[good])

    def _moved(self, number: int, step: NDArray[np.floating]) -> NDArray[np.float64]:
        code = self.samples.codes[number]
        return self.measured(code + self.distribution.reach(code, step) * step)
