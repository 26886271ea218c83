"""Chamfer distance and F-score against analytic cases and a naive reference."""

import numpy as np
import pytest
from numpy.typing import NDArray

from latentmapper.make.evaluation.metrics import Target, chamfer_distance


def points(*rows: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def naive_chamfer(first, second):
    squared = ((first[:, None] - second[None]) ** 2).sum(-1)
    return 1000 * (squared.min(1).mean() + squared.min(0).mean())


def test_one_point_moved_by_a_tenth():
    first = points((0, 0, 0))
    assert chamfer_distance(first, points((0.1, 0, 0))) == pytest.approx(20.0)


def test_equals_naive_reference_and_is_symmetric():
    rng = np.random.default_rng(0)
    first, second = rng.random((80, 3), np.float32), rng.random((50, 3), np.float32)
    assert chamfer_distance(first, second) == pytest.approx(naive_chamfer(first, second), rel=1e-5)
    assert chamfer_distance(first, second) == pytest.approx(chamfer_distance(second, first))


def test_f_score_is_the_harmonic_mean_of_precision_and_recall():
    truth = points((0, 0, 0), (1, 0, 0))
    # Half of the truth is found; one of three answers is right.
    answer = points((0.04, 0, 0), (0, 9, 0), (0, 8, 0))
    score = Target(truth).score(answer, threshold=0.05)
    assert score.f_score == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert Target(truth).score(truth, 0.05).f_score == pytest.approx(1.0)
    assert Target(truth).score(truth + 7, 0.05).f_score == 0.0
