"""Intervals that respect groups."""

import tracemalloc

import numpy as np
import pytest

from latentmapper.make.evaluation import statistics
from latentmapper.make.evaluation.statistics import bootstrap_means, ratio, summarise


def test_summary_of_known_numbers():
    summary = summarise([1, 2, 3, 10], ["a", "b", "c", "d"])
    assert summary.mean == 4
    assert summary.median == 2.5
    assert summary.ninetieth == pytest.approx(7.9)
    assert summary.low < 4 < summary.high


def test_copies_of_a_group_do_not_narrow_the_interval():
    rng = np.random.default_rng(0)
    values = rng.random(20)
    single = summarise(list(values), [str(i) for i in range(20)])
    copied = summarise(list(np.repeat(values, 50)), [str(i // 50) for i in range(1000)])
    assert copied.high - copied.low == pytest.approx(single.high - single.low)


def test_interval_of_the_mean_has_the_width_of_theory():
    values = np.random.default_rng(1).normal(5, 2, 400)
    summary = summarise(list(values), [str(i) for i in range(400)])
    assert summary.high - summary.low == pytest.approx(2 * 1.96 * 2 / 20, rel=0.1)


def test_groups_of_different_size_weigh_by_their_samples():
    means = bootstrap_means(
        np.array([0.0, 0, 0, 4]), ["a", "a", "a", "b"], np.random.default_rng(0), draws=500
    )
    assert set(np.round(means, 6)) == {0.0, 1.0, 4.0}


def test_one_group_has_no_spread():
    summary = summarise([1, 3], ["a", "a"])
    assert (summary.low, summary.high) == (2, 2)


def test_a_ratio_of_means_is_drawn_with_its_groups():
    """Each group has one sample of either part, twice as large as the other, so that no draw varies."""
    sizes = np.array([1.0, 5.0, 9.0, 30.0])
    values, first = np.concatenate([2 * sizes, sizes]), np.repeat([True, False], 4)
    found = ratio(values, list("abcd") * 2, first)
    assert found and (found.value, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))
    apart = ratio(values, [f"{i}" for i in range(8)], first)
    assert apart and apart.low < 1 < 2 < apart.high


@pytest.mark.parametrize(
    ("values", "first"), [([1.0, 2], [True, True]), ([1.0, 2], [False, False]), ([1.0, 0], [True, False])]
)
def test_no_ratio_without_both_parts(values, first):
    assert ratio(np.array(values), ["a", "b"], np.array(first)) is None


def test_draws_that_do_not_fit_into_memory_are_the_same_draws(monkeypatch):
    values, first = np.random.default_rng(2).random(60), np.arange(60) % 3 == 0
    groups = [f"{i // 2}" for i in range(60)]
    whole = summarise(list(values), groups), ratio(values, groups, first)
    monkeypatch.setattr(statistics, "AT_ONCE", 70)
    assert (summarise(list(values), groups), ratio(values, groups, first)) == whole


def test_memory_does_not_grow_with_the_groups(monkeypatch):
    """As many as ShapeNet has test cars would take 60 MB here, and gigabytes with all draws."""
    monkeypatch.setattr(statistics, "DRAWS", 2000)
    monkeypatch.setattr(statistics, "AT_ONCE", 1 << 15)
    values, groups = np.random.default_rng(3).random(2000), [f"{i}" for i in range(2000)]
    tracemalloc.start()
    try:
        bootstrap_means(values, groups, np.random.default_rng(0), draws=2000)
        ratio(values, groups, np.arange(2000) % 2 == 0)
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()
