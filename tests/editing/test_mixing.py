"""Halves of two balls."""

import numpy as np
import pytest

from latentmapper.editing.mixing import mix
from latentmapper.errors import UsageError
from latentmapper.shapes.extraction import extract
from tests.shapes.solids import Solid, ball

LARGE, SMALL = Solid(ball(0.8), symmetric=True), Solid(ball(0.5), symmetric=True)


def test_front_and_rear_are_those_of_their_balls() -> None:
    vertices = extract(mix(LARGE, SMALL, softness=0.1), 64).vertices
    radii = np.linalg.norm(vertices, axis=1)
    np.testing.assert_allclose(radii[vertices[:, 2] > 0.11], 0.8, atol=2e-3)
    np.testing.assert_allclose(radii[vertices[:, 2] < -0.11], 0.5, atol=2e-3)


def test_the_passage_is_the_mean_in_its_middle() -> None:
    field = mix(LARGE, SMALL, at=0.25, softness=0.2)
    points = np.array([[0.6, 0.0, 0.5], [0.6, 0.0, 0.9], [0.6, 0.0, 0.1]], np.float32)
    expected = LARGE.evaluate(points), SMALL.evaluate(points)
    found = field.evaluate(points)
    assert found[0] == pytest.approx((expected[0][0] + expected[1][0]) / 2, abs=1e-6)
    assert found[1] == pytest.approx(expected[0][1]) and found[2] == pytest.approx(expected[1][2])


@pytest.mark.parametrize(("at", "softness"), [(-0.1, 0.2), (1.1, 0.2), (0.5, -1.0), (0.5, float("nan"))])
def test_values_out_of_range_are_refused(at: float, softness: float) -> None:
    with pytest.raises(UsageError, match="must be between 0 and 1"):
        mix(LARGE, SMALL, at, softness)
