"""Means with confidence intervals that respect groups of near-copies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
"""Resampled means an interval is read from."""
AT_ONCE = 1 << 20
"""Groups drawn at a time, of all resampled means together: thousands of groups would fill gigabytes."""


@dataclass(frozen=True)
class Summary:
    """A sample set in a few numbers."""

    mean: float
    low: float
    """Lower end of the 95 % confidence interval of the mean."""
    high: float
    """Upper end of it."""
    median: float
    """Of the samples."""
    ninetieth: float
    """90th percentile of the samples."""


def summarise(values: Sequence[float], groups: Sequence[str], seed: int = 0) -> Summary:
    """Mean, median and 90th percentile of values, with an interval bootstrapped over groups.

    Samples of one group (views of a shape, near-copies of a shape) are not independent, so whole groups
    are drawn with replacement, not samples; Efron and Tibshirani, "An introduction to the bootstrap", 1993.
    """
    sample = np.asarray(values, np.float64)
    means = bootstrap_means(sample, groups, np.random.default_rng(seed))
    low, high = np.percentile(means, [2.5, 97.5])
    median, ninetieth = np.percentile(sample, [50, 90])
    return Summary(float(sample.mean()), float(low), float(high), float(median), float(ninetieth))


def bootstrap_means(
    values: NDArray[np.float64], groups: Sequence[str], rng: np.random.Generator, draws: int = DRAWS
) -> NDArray[np.float64]:
    """Means (draws,) of resampled values (n,), drawn group by group."""
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    totals, counts = np.bincount(index, weights=values), np.bincount(index)
    drawn = _drawn(rng, draws, len(names))
    return np.concatenate([totals[chosen].sum(1) / counts[chosen].sum(1) for chosen in drawn])


def _drawn(rng: np.random.Generator, draws: int, groups: int) -> Iterator[NDArray[np.int64]]:
    """Numbers of groups (n, groups), drawn with replacement, a few of the draws at a time."""
    most = max(1, AT_ONCE // groups)
    for first in range(0, draws, most):
        yield rng.integers(groups, size=(min(most, draws - first), groups))


@dataclass(frozen=True)
class Ratio:
    """The mean of some samples by that of others."""

    value: float
    low: float
    """Lower end of the 95 % confidence interval."""
    high: float
    """Upper end of it."""


def ratio(
    values: NDArray[np.float64], groups: Sequence[str], first: NDArray[np.bool_], seed: int = 0
) -> Ratio | None:
    """Mean of the values (n,) that are `first` by that of the others, with an interval as in `summarise`.

    None where either has no samples, or the others' mean is 0. Draws without either do not count.
    """
    if first.all() or not first.any() or not values[~first].any():
        return None
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    drawn = list(_ratios(values, index, first, len(names), np.random.default_rng(seed)))
    finite = np.concatenate([ratios[np.isfinite(ratios)] for ratios in drawn])
    low, high = np.percentile(finite, [2.5, 97.5])
    return Ratio(float(values[first].mean() / values[~first].mean()), float(low), float(high))


def _ratios(
    values: NDArray[np.float64],
    index: NDArray[np.intp],
    first: NDArray[np.bool_],
    groups: int,
    rng: np.random.Generator,
) -> Iterator[NDArray[np.float64]]:
    """Ratios of resampled means of values (n,), `index` their groups; not finite where a draw has none."""
    parts = [
        (np.bincount(index[part], values[part], groups), np.bincount(index[part], minlength=groups))
        for part in (first, ~first)
    ]
    for chosen in _drawn(rng, DRAWS, groups):
        with np.errstate(invalid="ignore", divide="ignore"):
            one, other = (totals[chosen].sum(1) / counts[chosen].sum(1) for totals, counts in parts)
            yield one / other
