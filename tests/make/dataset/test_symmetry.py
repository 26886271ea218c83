"""Measured asymmetry."""

import numpy as np
import pytest

from latentmapper.make.dataset.sampling import on_faces
from latentmapper.make.dataset.symmetry import asymmetry, is_symmetric
from tests.make.dataset.solids import arrays, box

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("count", [1000, 20_000])
def test_a_symmetric_shape_has_none_however_many_points(count: int):
    points, _ = on_faces(*arrays(box((0.8, 0.6, 1.9))), count, RNG)
    assert asymmetry(points) < 0.6


def test_a_lone_outrigger_shows():
    points, _ = on_faces(*arrays(box((0.8, 0.6, 1.9)), box((0.3, 0.1, 0.5), (0.8, 0, 0))), 10_000, RNG)
    assert asymmetry(points) > 2


def test_only_left_and_right_count():
    points, _ = on_faces(*arrays(box((0.8, 0.6, 1.9)), box((0.3, 0.1, 0.5), (0, 0.8, 0.7))), 10_000, RNG)
    assert asymmetry(points) < 0.5


def test_the_median_decides():
    assert is_symmetric([0.1, 0.2, 30.0])
    assert not is_symmetric([0.1, 20.0, 30.0])
    assert not is_symmetric([])
