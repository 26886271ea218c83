"""Alignment brings back what was moved, turned and scaled."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from latentmapper.make.evaluation.alignment import IDENTITY, Similarity, align, umeyama
from latentmapper.make.evaluation.metrics import chamfer_distance
from tests.make.evaluation.clouds import bent, cloud, sphere


def moved_by(scale: float, degrees: tuple[float, float, float], shift) -> Similarity:
    return Similarity(scale, Rotation.from_euler("yxz", degrees, degrees=True).as_matrix(), np.array(shift))


@pytest.mark.parametrize("degrees", [(0, 0, 0), (20, -10, 5), (110, 40, 170)])
def test_umeyama_finds_the_similarity_of_paired_points(degrees):
    truth = moved_by(1.7, degrees, [0.1, -2, 0.3])
    points = cloud(50)
    found = umeyama(points, truth(points))
    assert found.scale == pytest.approx(1.7, rel=1e-5)
    np.testing.assert_allclose(found.rotation, truth.rotation, atol=1e-5)
    np.testing.assert_allclose(found.shift, truth.shift, atol=1e-5)


def test_umeyama_never_mirrors():
    points = cloud(50)
    found = umeyama(points, points * np.array([-1, 1, 1], np.float32))
    assert np.linalg.det(found.rotation) == pytest.approx(1)


def test_umeyama_needs_more_than_one_place():
    with pytest.raises(ValueError, match="all in one place"):
        umeyama(np.zeros((4, 3)), cloud(4))


def test_a_similarity_goes_back():
    move, points = moved_by(0.6, (30, 20, 10), [1, 2, 3]), cloud(20)
    np.testing.assert_allclose(move.back(move(points)), points, atol=1e-5)


@pytest.mark.parametrize("yaw", [0, 25, 205])
@pytest.mark.parametrize(("seed", "precision"), [(0, 1e-4), (1, 0.03)])
def test_align_finds_a_known_similarity_of_the_same_and_of_other_samples(yaw, seed, precision):
    truth = moved_by(0.8, (yaw, 5, -4), [0.1, -0.05, 0.15])
    found = align(bent(1000), truth(bent(1000, seed)))
    assert found.scale == pytest.approx(0.8, rel=precision)
    turn = Rotation.from_matrix(found.rotation @ truth.rotation.T).magnitude()
    assert turn < 2 * precision
    np.testing.assert_allclose(found.shift, truth.shift, atol=2 * precision)


def test_align_never_makes_it_worse():
    for seed in range(2):
        first, second = bent(300, seed), sphere(300, 0.7, seed)
        before, after = chamfer_distance(first, second), chamfer_distance(align(first, second)(first), second)
        assert after <= before * (1 + 1e-6)


def test_one_place_stays():
    assert align(np.zeros((1, 3), np.float32), sphere(100)) is IDENTITY
