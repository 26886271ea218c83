"""Intervals that respect groups."""

import numpy as np
import pytest

from latentmapper.make.evaluation.statistics import bootstrap_means, summarise


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
