"""Directions along which one measure moves and the others do not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.measuring import Measure

LEAST = 0.5
"""No step is made longer than this much of it, showing on meshes, asks for."""


def gradients(
    whitened: NDArray[np.float64], standardised: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """What each measure gains along each axis of the codes, by ridge regression.

    Parameters
    ----------
    whitened : (n, m) codes, in standard deviations along the bank's principal axes.
    standardised : (n, a) measures, in standard deviations.
    ridge : as many samples at the mean as hold the gradients down.

    Returns
    -------
    (a, m)
    """
    centre = whitened.mean(axis=0)
    x, y = whitened - centre, standardised - standardised.mean(axis=0)
    return np.linalg.solve(x.T @ x + ridge * np.eye(x.shape[1]), x.T @ y).T


def explained(
    gradient: NDArray[np.float64], whitened: NDArray[np.float64], standardised: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(a,) share of the variance of each measure (n, a) that its gradient (a, m) tells of codes (n, m)."""
    values = standardised - standardised.mean(axis=0)
    left = values - (whitened - whitened.mean(axis=0)) @ gradient.T
    return 1 - (left**2).sum(axis=0) / np.maximum((values**2).sum(axis=0), 1e-12)


def orthogonalised(gradient: NDArray[np.float64], measures: Sequence[Measure]) -> NDArray[np.float64]:
    """(a, m) the shortest steps that raise one measure by 1 and, to first order, leave the others as they
    are.

    Shortest in standard deviations of the known codes, so most plausible: the pseudo-inverse of the
    gradients. What a measure is made of moves with it.

    Parameters
    ----------
    gradient : (a, m), of each measure along the axes.
    """
    steps = np.zeros_like(gradient)
    for number, measure in enumerate(measures):
        held = [other for other, each in enumerate(measures) if other != number and is_held(each, measure)]
        rows = gradient[[number, *held]]
        steps[number] = np.linalg.pinv(rows, rcond=1e-6)[:, 0]
    return steps


def is_held(other: Measure, moved: Measure) -> bool:
    """Whether a measure stays as it is where another is moved: neither is made of the other, nor of parts
    alone, which are held themselves."""
    return not other.parts and other.name not in moved.parts


def scaled(steps: NDArray[np.float64], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steps (a, m) that do to meshes what they are meant to, on average.

    Parameters
    ----------
    gains : (a,) what each step has brought of the 1 that it was meant to bring; less than `LEAST` counts as
        that, lest a step that hardly works become a wild one.
    """
    return steps / np.maximum(gains, LEAST)[:, None]
