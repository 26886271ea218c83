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
