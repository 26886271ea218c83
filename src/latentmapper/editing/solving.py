"""The code whose mesh measures what is asked for, found on decoded meshes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing.sliders import Directions
from latentmapper.errors import MeshError

MESHES = 6
"""Meshes that are decoded and measured, at most."""
CLOSE = 0.05
"""Standard deviations within which a target counts as met."""
LEAST = 0.01
"""Steps of a slider below which nothing moves any more: it is at its end, or at the border of what is
plausible."""


@dataclass(frozen=True)
class Solver:
    """Moves the sliders of targets, no farther than they go, until the decoded mesh measures them.

    Quasi-Newton (Broyden 1965) on decoded meshes: at first a slider is taken to do what it says, and every
    mesh corrects that.
    """

    directions: Directions
    distribution: Distribution
    measure: Callable[[NDArray[np.float32]], Mapping[str, float]]
    """What the decoded mesh of a code (d,) measures."""
    told: Callable[[str, float], str] = lambda name, value: f"{value:.4g}"
    """A value of a measure in words."""

    def solve(
        self, code: NDArray[np.float32], targets: Mapping[str, float]
    ) -> tuple[NDArray[np.float32], tuple[str, ...]]:
        """The best code met, and a sentence for each target that it misses.

        Parameters
        ----------
        targets : values by names of measured sliders, in the units of `measure`.

        Raises
        ------
        MeshError : a target cannot be measured on a shape on the way.
        """
        if not targets:
            return code, ()
        units = np.array([self.directions.slider(name).deviation for name in targets])
        wanted = np.array(list(targets.values())) / units
        inverse, found = np.eye(len(units)), wanted - self._measured(code, targets) / units
        position, start, best, left = np.zeros(len(units)), code, code, found
        for _ in range(MESHES - 1):
            amounts, code = self._moved(start, targets, position + inverse @ found)
            if np.abs(left).max() < CLOSE or np.abs(amounts - position).max() < LEAST:
                break
            before, found = found, wanted - self._measured(code, targets) / units
            inverse = corrected(inverse, amounts - position, before - found)
            position = amounts
            if np.abs(found).max() < np.abs(left).max():
                best, left = code, found
        return best, tuple(self._missed(targets, wanted * units, left, units))

    def _moved(
        self, start: NDArray[np.float32], targets: Iterable[str], asked: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """How far the sliders go of what is asked of them, (t,), and the code there."""
        amounts, _ = self.directions.within(dict(zip(targets, asked, strict=True)))
        step = self.directions.step(amounts)
        reach = self.distribution.reach(start, step)
        return reach * np.array(list(amounts.values())), (start + reach * step).astype(np.float32)

    def _measured(self, code: NDArray[np.float32], targets: Mapping[str, float]) -> NDArray[np.float64]:
        values = self.measure(code)
        if absent := [name for name in targets if name not in values]:
            raise MeshError(f"{absent[0]} cannot be measured on this shape, and so not be set")
        return np.array([values[name] for name in targets])

    def _missed(
        self,
        targets: Mapping[str, float],
        wanted: NDArray[np.float64],
        left: NDArray[np.float64],
        units: NDArray[np.float64],
    ) -> list[str]:
        """A sentence for each target that is not met."""
        return [
            f"{name} comes to {self.told(name, value - rest * unit)}, not {self.told(name, value)}:"
            " no known shape is like that"
            for name, value, rest, unit in zip(targets, wanted, left, units, strict=True)
            if abs(rest) >= CLOSE
        ]


def corrected(
    inverse: NDArray[np.float64], moved: NDArray[np.float64], brought: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The inverse (t, t) of what sliders do, corrected so that what they brought about (t,) leads back to how
    they were moved (t,): Broyden's first method, by the formula of Sherman and Morrison."""
    row = moved @ inverse
    scale = float(row @ brought)
    if abs(scale) < 1e-9 * float(moved @ moved):
        return inverse
    return inverse + np.outer(moved - inverse @ brought, row) / scale
