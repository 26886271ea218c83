"""Looking for a code by what decoded meshes show, along directions that may do other than is thought."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution

Values = NDArray[np.float64]
CLOSE = 0.05
"""Standard deviations within which a target counts as met."""
LEAST = 0.01
"""Of a direction: below it nothing moves any more, at a slider's end or at the border of what is
plausible."""
JUMP = 1.5
"""Standard deviations beside what was expected that are no bend but a jump: a tail that is gone."""
SEEN = 0.2
"""Share of a direction that must be left for its slope to be seen."""
RETRIES = 4
"""Steps in a row that lead no nearer, after which directions are given up."""
HALVINGS = 8
"""Places that are tried between two codes."""
NARROW = 0.02
"""Share of the way between two codes in which a value that is not met is jumped over."""
INWARD = 0.15
"""Share of the way between two codes by which a place lies at least inside."""


@dataclass
class Search:
    """The code that came nearest so far, and the means to find a nearer one.

    Whatever is tried, `code` and `left` change for the better alone.
    """

    distribution: Distribution
    look: Callable[[Values], Values | None]
    """What is left to the targets (t,) at a code (d,), in standard deviations; None where its mesh lacks one
    of the measures."""
    code: Values
    """(d,)."""
    left: Values
    """(t,) what `look` says of it."""
    meshes: int = 0
    """How many were decoded."""

    @property
    def met(self) -> bool:
        """Whether every target is."""
        return worst(self.left) < CLOSE

    def along(
        self, steps: Values, slopes: Values, trusted: float, meshes: int, ends: Values | None = None
    ) -> None:
        """Go the shortest way along directions on which the targets should be met, again and again.

        Quasi-Newton (Broyden 1965) within a region of trust: every mesh corrects what the directions are
        thought to do; a step that leads no nearer is followed by one of half its length, one that brings at
        least half of what was hoped for by one of twice its length.

        Parameters
        ----------
        steps : (k, d) directions.
        slopes : (t, k) what each brings.
        trusted : the longest step, in directions.
        meshes : how many may have been decoded in the end.
        ends : (k, 2) how far down and up each may go in all, and no farther than is plausible; without them,
            a step that leads out of that leads to the nearest plausible code instead.
        """
        gone, retries, inverse = np.zeros(len(steps)), 0, np.linalg.pinv(steps)
        while not self.met and self.meshes < meshes and retries < RETRIES:
            step = shortest(slopes, self.left, trusted)
            if ends is None:
                code = self.distribution.nearest(self.code + step @ steps)
                step = (code - self.code) @ inverse
            else:
                step = np.clip(gone + step, *ends.T) - gone
                step *= self.distribution.reach(self.code, step @ steps)
                code = self.code + step @ steps
            if (length := float(np.linalg.norm(step))) < LEAST:
                return
            before, hoped, found = self.left, worst(self.left - slopes @ step), self._looked(code)
            brought = None if found is None else before - found
            slopes = corrected(slopes, step, brought)
            if found is None or worst(found) >= worst(before):
                trusted, retries = length / 2, retries + 1
                continue
            if worst(before) - worst(found) > (worst(before) - hoped) / 2:
                trusted = max(trusted, 2 * length)
            gone, retries = gone + step, 0

    def slopes(self, steps: Values) -> Values:
        """(t, k) what directions (k, d) bring, each seen on a mesh of its own; nothing where that is a jump,
        or where they leave what is plausible."""
        return np.stack([self._slope(step) for step in steps], axis=1)

    def _slope(self, step: Values) -> Values:
        share, none = self.distribution.reach(self.code, step), np.zeros(len(self.left))
        if share < SEEN:
            return none
        found = self._looked(self.code + share * step, keep=False)
        return none if found is None or worst(self.left - found) >= JUMP else (self.left - found) / share

    def towards(self, other: Values, meshes: int) -> None:
        """Look on the straight line to another code, where that lies beyond what is wanted.

        Between the two the measure comes by every value, unless it jumps: false position in the way of
        Illinois (Dowell and Jarratt 1971), with places kept away from the ends of what is left of the line.
        """
        start, which = self.code, int(np.abs(self.left).argmax())
        there = self._looked(other)
        if there is None or self.left[which] * there[which] > 0:
            return
        first, last, low, high = float(self.left[which]), float(there[which]), 0.0, 1.0
        for _ in range(HALVINGS):
            if self.met or self.meshes >= meshes or high - low < NARROW:
                return
            share = np.clip(first / (first - last), INWARD, 1 - INWARD)
            at = low + float(share) * (high - low)
            found = self._looked(start + at * (other - start))
            value = last if found is None else float(found[which])
            if value * last > 0:
                first, last, high = first / 2, value, at
            else:
                first, last, low = value, last / 2, at

    def _looked(self, code: Values, keep: bool = True) -> Values | None:
        """What is left at a code, which is kept where it is nearer than the best one so far."""
        self.meshes += 1
        found = self.look(code)
        if keep and found is not None and worst(found) < worst(self.left):
            self.code, self.left = code, found
        return found


def worst(left: Values) -> float:
    """What is left of the target that is missed most."""
    return float(np.abs(left).max())


def shortest(slopes: Values, left: Values, trusted: float) -> Values:
    """(k,) the shortest step that should bring what is left (t,), or as much of it as is trusted."""
    square = slopes @ slopes.T
    damped = square + (1e-4 * np.trace(square) + 1e-9) * np.eye(len(left))
    step = slopes.T @ np.linalg.solve(damped, left)
    return step * min(1.0, trusted / max(float(np.linalg.norm(step)), 1e-12))


def corrected(slopes: Values, step: Values, brought: Values | None) -> Values:
    """What directions bring (t, k), so that a step (k,) explains what it brought about (t,): Broyden's first
    method. Where that is a jump, or no measure at all, the direction that led there is not gone again as long
    as there are others."""
    beside = None if brought is None else brought - slopes @ step
    if beside is not None and worst(beside) < JUMP:
        return slopes + np.outer(beside, step) / float(step @ step)
    if slopes.shape[0] == slopes.shape[1]:
        return slopes
    return np.where(np.arange(len(step)) == np.abs(step).argmax(), 0.0, slopes)
