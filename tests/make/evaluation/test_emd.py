"""Earth Mover's Distance against what is known of it and all permutations."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from latentmapper.make.evaluation.emd import earth_movers_distance
from tests.make.evaluation.clouds import cloud, sphere


@pytest.mark.parametrize(("norm", "length"), [("euclidean", 0.5), ("cityblock", 0.7)])
def test_a_moved_set_is_as_far_as_it_was_moved(norm, length):
    points = cloud(300)
    moved = points[::-1] + np.array([0.3, 0, -0.4], np.float32)
    assert earth_movers_distance(points, moved, norm) == pytest.approx(100 * length, rel=1e-5)


@pytest.mark.parametrize("norm", ["euclidean", "cityblock"])
def test_no_permutation_is_better(norm):
    first, second = cloud(6), cloud(6, seed=1)
    costs = cdist(first, second, norm)
    best = min(costs[range(6), order].mean() for order in permutations(range(6)))
    assert earth_movers_distance(first, second, norm) == pytest.approx(100 * best)
    assert earth_movers_distance(second, first, norm) == pytest.approx(100 * best)


@pytest.mark.parametrize("shift", [0.0, 0.05, 3.0, 1000.0])
def test_prices_do_not_change_the_best_assignment(shift):
    first, second = sphere(200), sphere(200, 0.7, seed=1) + np.array([shift, 0, 0])
    costs = cdist(first, second)
    expected = costs[linear_sum_assignment(costs)].mean()
    assert earth_movers_distance(first, second) == pytest.approx(100 * expected, rel=1e-9)


def test_it_sees_that_points_are_missing_where_nearest_points_do_not():
    # Both ends of a bar, once with equal, once with unequal shares of the points.
    even = np.array([[0, 0, 0]] * 5 + [[1, 0, 0]] * 5, np.float32)
    uneven = np.array([[0, 0, 0]] * 9 + [[1, 0, 0]], np.float32)
    assert earth_movers_distance(even, uneven) == pytest.approx(40)


def test_points_in_one_place_have_their_plain_distance():
    origin = np.zeros((50, 3), np.float32)
    assert earth_movers_distance(sphere(50), origin) == pytest.approx(100)
    assert earth_movers_distance(origin, origin) == 0


@pytest.mark.parametrize(("left", "right"), [(3, 4), (0, 0)])
def test_sets_of_different_size_and_empty_ones_are_refused(left, right):
    with pytest.raises(ValueError, match=f"two sets of one size, got {left} and {right}"):
        earth_movers_distance(cloud(left), cloud(right))
