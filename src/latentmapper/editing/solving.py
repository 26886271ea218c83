"""The code whose mesh measures what is asked for, found on decoded meshes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing.searching import CLOSE, Search, Values
from latentmapper.editing.sliders import Directions
from latentmapper.errors import MeshError

OWN = 6
"""Meshes that are decoded, at most, while targets are sought by their own sliders."""
MORE = 30
"""While they are sought along further directions."""
MESHES = 40
"""In all, the last of them on the way to known shapes."""
AXES = 12
"""Leading principal axes among the further directions."""
TRUSTED = 1.0, 3.0
"""The longest first step: of sliders, and of further directions in standard deviations of the codes."""
BEYOND = (1.5, 2.5, 4.0, 6.0, 10.0)
"""How far, as multiples of what is missing, the known shapes that are looked at should lie in the direction
of the target: they do not measure just what their codes say."""
NONE_SO = 3.0
"""Standard deviations from the mean beyond which hardly a known shape has a value."""


@dataclass(frozen=True)
class Solver:
    """Changes a code, as little as it can, until the decoded mesh measures what is asked for.

    At first the sliders of the targets move, no farther than they go, and are taken to do what they say. Not
    everywhere do they: where that does not lead there, what the measures gain along the leading axes of the
    codes is seen on meshes, and where that does not either, shapes between this one and known ones are.
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
        MeshError : a target cannot be measured on this shape.
        """
        if not targets:
            return code, ()
        search = self._begun(code, targets)
        start = search.code
        own = np.stack([self.directions.step({name: 1.0}) for name in targets])
        ends = np.array([(each.low, each.high) for each in map(self.directions.slider, targets)])
        search.along(own, np.eye(len(own)), TRUSTED[0], OWN, ends)
        if not search.met:
            further = self._further(search.code, list(targets))
            search.along(further, search.slopes(further), TRUSTED[1], MORE)
        if not search.met:
            self._between(search, list(targets))
        found = code if search.code is start else search.code.astype(np.float32)
        return found, tuple(self._missed(targets, search.left))

    def _begun(self, code: NDArray[np.float32], targets: Mapping[str, float]) -> Search:
        units = np.array([self.directions.slider(name).deviation for name in targets])
        wanted = np.array(list(targets.values()))

        def look(place: Values) -> Values | None:
            try:
                values = self.measure(place.astype(np.float32))
            except MeshError:
                return None
            absent = any(name not in values for name in targets)
            return None if absent else (wanted - np.array([values[name] for name in targets])) / units

        values = self.measure(code)
        if absent := [name for name in targets if name not in values]:
            raise MeshError(f"{absent[0]} cannot be measured on this shape, and so not be set")
        left = (wanted - np.array([values[name] for name in targets])) / units
        return Search(self.distribution, look, np.asarray(code, np.float64), left, 1)

    def _further(self, code: Values, names: list[str]) -> Values:
        """(k, d) directions of one standard deviation each, at right angles: what targets' sliders do, what
        raises their measures soonest, and the leading axes; all of them inwards from a code."""
        known = self.distribution
        sliders, gradients = self._sliders(names)
        axes = np.eye(len(known.deviations))[:AXES]
        turned = np.linalg.qr(np.concatenate([sliders, gradients, axes]).T)[0].T
        return known.step(turned * np.where(turned @ known.whitened(code) > 0, -1.0, 1.0)[:, None])

    def _sliders(self, names: list[str]) -> tuple[Values, Values]:
        """(t, m) each: the steps of sliders, and what raises their measures soonest by the steps of them all,
        of which each leaves the other measures as they are. In standard deviations of the codes."""
        known = self.distribution
        measured = [each.name for each in self.directions.sliders if each.kind == "measured"]
        rows = [self.directions.numbers[name] for name in measured]
        steps = self.directions.matrix[rows].astype(np.float64) @ known.axes.T / known.deviations
        chosen = [measured.index(name) for name in names]
        return steps[chosen], np.asarray(np.linalg.pinv(steps).T[chosen], np.float64)

    def _between(self, search: Search, names: list[str]) -> None:
        """Look between the code and known shapes: the nearest of those that should lie so far beyond the
        target that is missed most, or the one that should come nearest to that."""
        known, which = self.distribution, int(np.abs(search.left).argmax())
        gradient = self._sliders(names)[1][which]
        ahead = (known.whitened(known.known) - known.whitened(search.code)) @ gradient / search.left[which]
        apart = np.linalg.norm(known.known - search.code, axis=1)
        for least in BEYOND:
            if search.met or search.meshes >= MESHES or not np.isfinite(ahead).any():
                return
            row = int(
                np.where(ahead >= least, apart, np.inf).argmin() if (ahead >= least).any() else ahead.argmax()
            )
            ahead[row] = -np.inf
            search.towards(known.known[row], MESHES)

    def _missed(self, targets: Mapping[str, float], left: Values) -> list[str]:
        """A sentence for each target that is not met."""
        missed = []
        for (name, value), rest in zip(targets.items(), left, strict=True):
            if abs(rest) < CLOSE:
                continue
            slider = self.directions.slider(name)
            usual = f"{self.told(name, slider.mean)}, give or take {self.told(name, slider.deviation)}"
            if abs(value - slider.mean) > NONE_SO * slider.deviation:
                reason = f"no known shape is like that; they have {usual}"
            else:
                reason = f"no plausible shape near this one was found that does; known ones have {usual}"
            comes = self.told(name, value - rest * slider.deviation)
            missed.append(f"{name} comes to {comes}, not {self.told(name, value)}: {reason}")
        return missed
