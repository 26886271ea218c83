"""Means with confidence intervals that respect groups of near-copies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
"""Resampled means an interval is read from."""


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
    chosen = rng.integers(len(names), size=(draws, len(names)))
    return totals[chosen].sum(1) / counts[chosen].sum(1)


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
    chosen = np.random.default_rng(seed).integers(len(names), size=(DRAWS, len(names)))

    def means(part: NDArray[np.bool_]) -> NDArray[np.float64]:
        totals = np.bincount(index[part], weights=values[part], minlength=len(names))
        counts = np.bincount(index[part], minlength=len(names))
        with np.errstate(invalid="ignore"):
            return totals[chosen].sum(1) / counts[chosen].sum(1)

    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = means(first) / means(~first)
    low, high = np.percentile(drawn[np.isfinite(drawn)], [2.5, 97.5])
    return Ratio(float(values[first].mean() / values[~first].mean()), float(low), float(high))
