"""Metrics of nearest points against analytic cases and naive references."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import KDTree

from latentmapper.make.evaluation import metrics
from latentmapper.make.evaluation.metrics import Matches, chamfer_distance, match
from tests.make.evaluation.clouds import cloud, sphere


def points(*rows: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def matched(first, second) -> Matches:
    return match(KDTree(first), KDTree(second))


def naive_distances(first, second):
    return np.sqrt(((first[:, None].astype(float) - second[None]) ** 2).sum(-1))


def test_one_point_moved_by_a_tenth():
    first, second = points((0, 0, 0)), points((0.06, 0, 0.08))
    matches = matched(first, second)
    assert chamfer_distance(first, second) == pytest.approx(20.0)
    assert metrics.chamfer_l1(matches) == pytest.approx(10.0)
    assert metrics.nearest_manhattan(matches, first, second) == pytest.approx(28.0)


def test_spheres_one_in_the_other():
    outer, inner = sphere(4000), sphere(4000, 0.8, seed=1)
    matches = matched(outer, inner)
    # The gap is 0.2; sampling adds about the squared spacing of the points.
    assert metrics.chamfer(matches) == pytest.approx(2 * 1000 * 0.2**2, rel=0.03)
    assert metrics.chamfer_l1(matches) == pytest.approx(100 * 0.2, rel=0.02)
    assert metrics.f_score(matches, 0.19) == 0
    assert metrics.f_score(matches, 0.25) == 1
    assert metrics.normal_consistency(matches, outer, inner / np.float32(0.8)) == pytest.approx(1, abs=1e-3)


def test_equal_naive_references_and_are_symmetric():
    first, second = cloud(80), cloud(50, seed=1)
    normals, others = sphere(80), sphere(50, seed=1)
    distances = naive_distances(first, second)
    there, back = distances.min(1), distances.min(0)
    to, fro = distances.argmin(1), distances.argmin(0)
    expected = {
        "chamfer": 1000 * ((there**2).mean() + (back**2).mean()),
        "l1": 100 * (there.mean() + back.mean()) / 2,
        "manhattan": 100
        * (np.abs(first - second[to]).sum(1).mean() + np.abs(second - first[fro]).sum(1).mean()),
        "normals": (
            np.mean([abs(n @ others[j]) for n, j in zip(normals, to, strict=True)])
            + np.mean([abs(n @ normals[i]) for n, i in zip(others, fro, strict=True)])
        )
        / 2,
    }
    for one, other, n, m in ((first, second, normals, others), (second, first, others, normals)):
        matches = matched(one, other)
        found = {
            "chamfer": metrics.chamfer(matches),
            "l1": metrics.chamfer_l1(matches),
            "manhattan": metrics.nearest_manhattan(matches, one, other),
            "normals": metrics.normal_consistency(matches, n, m),
        }
        assert found == pytest.approx(expected, rel=1e-5)


def test_f_score_is_the_harmonic_mean_of_precision_and_recall():
    truth = points((0, 0, 0), (1, 0, 0))
    # Half of the truth is found; one of three answers is right.
    answer = points((0.04, 0, 0), (0, 9, 0), (0, 8, 0))
    expected = 2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2)
    assert metrics.f_score(matched(truth, answer), 0.05) == pytest.approx(expected)
    assert metrics.f_score(matched(answer, truth), 0.05) == pytest.approx(expected)
    assert metrics.f_score(matched(truth, truth), 0.05) == pytest.approx(1.0)
    assert metrics.f_score(matched(truth, truth + 7), 0.05) == 0.0


def test_normals_count_to_either_side_and_perpendicular_ones_as_nothing():
    place = points((0, 0, 0), (1, 0, 0))
    up, mixed = points((0, 1, 0), (0, 1, 0)), points((0, -1, 0), (1, 0, 0))
    matches = matched(place, place)
    assert metrics.normal_consistency(matches, up, -up) == 1
    assert metrics.normal_consistency(matches, up, mixed) == 0.5
