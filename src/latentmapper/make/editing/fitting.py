"""Directions along which one measure moves and the others do not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.measuring import Measure

LEAST = 0.1
"""Part of a step that must show on meshes for the step to be corrected by it."""


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


def corrected(
    steps: NDArray[np.float64], response: NDArray[np.float64], made: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Steps (a, m) after which each measure answers its own by 1 and, measures of parts aside, no other.

    Parameters
    ----------
    response : (a, a) what each step, a row, has brought to each measure.
    made : (a,) which measures are made of others: their steps are scaled alone.
    """
    better = steps / np.where(np.diag(response) > LEAST, np.diag(response), 1.0)[:, None]
    own = np.flatnonzero(~made)
    square = response[np.ix_(own, own)]
    if np.linalg.cond(square) < 1 / LEAST**2:
        better[own] = np.linalg.solve(square, steps[own])
    return better
