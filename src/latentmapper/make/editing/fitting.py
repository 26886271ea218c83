"""Directions along which one measure moves and the others do not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.measuring import Measure

NEAREST = 10
"""Shapes like it that each one is set against."""
LEAST = 0.25
"""No step is made longer than this much of it, showing on meshes, asks for."""
FARTHEST = 6.0
"""Standard deviations of the codes along a direction beyond which shapes were seen to fall apart."""


def neighbours(
    codes: NDArray[np.floating], count: int = NEAREST
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (p,), (p,) of each code (n, d) with those nearest to it.

    Differences between shapes that are alike tell what a small step does; those between a van and a coupe
    tell what makes a van.
    """
    from scipy.spatial import KDTree

    count = min(count, len(codes) - 1)
    nearest = np.asarray(KDTree(codes).query(codes, count + 1)[1])[:, 1:]
    return np.repeat(np.arange(len(codes)), count), nearest.ravel()


def gradients(
    whitened: NDArray[np.float64], standardised: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """What each measure gains along each axis of the codes, by ridge regression.

    Parameters
    ----------
    whitened : (p, m) differences between codes, in standard deviations along the bank's principal axes.
    standardised : (p, a) differences between their measures, in standard deviations.
    ridge : how strongly gradients are held down: as so many pairs would that do not differ.

    Returns
    -------
    (a, m)
    """
    square = whitened.T @ whitened + ridge * np.eye(whitened.shape[1])
    return np.asarray(np.linalg.solve(square, whitened.T @ standardised).T, np.float64)


def explained(
    gradient: NDArray[np.float64], whitened: NDArray[np.float64], standardised: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(a,) share of the differences (p, a) in each measure that its gradient (a, m) tells."""
    left = standardised - whitened @ gradient.T
    return 1 - (left**2).sum(axis=0) / np.maximum((standardised**2).sum(axis=0), 1e-12)


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
    """Steps (a, m) that do to meshes what they are meant to, on average; none is longer than `FARTHEST`.

    Parameters
    ----------
    gains : (a,) what each step has brought of the 1 that it was meant to bring; less than `LEAST` counts as
        that, lest a step that hardly works become a wild one.
    """
    longer = steps / np.maximum(gains, LEAST)[:, None]
    lengths = np.linalg.norm(longer, axis=1, keepdims=True)
    return longer * np.minimum(1, FARTHEST / np.maximum(lengths, 1e-12))
