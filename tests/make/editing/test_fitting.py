"""Directions of measures that are linear in the code, and of those that nearly are."""

import numpy as np
import pytest

from latentmapper.editing.measuring import Measure
from latentmapper.make.editing.fitting import (
    FARTHEST,
    explained,
    gradients,
    neighbours,
    orthogonalised,
    scaled,
)

MEASURES = (
    Measure("height", "height", "m", "lower", "taller"),
    Measure("width", "width", "m", "narrower", "wider"),
    Measure("length", "length", "share", "shorter", "longer", ("height", "width")),
)


@pytest.fixture
def gradient() -> np.ndarray:
    """Height and width lean on each other; length is made of both."""
    height, width = np.array([1.0, 0.5, 0.0, 0.0]), np.array([0.6, 0.0, 0.8, 0.0])
    return np.stack([height, width, -height - width])


def test_linear_measures_come_back(gradient: np.ndarray) -> None:
    codes = np.random.default_rng(0).normal(size=(300, 4))
    noise = np.random.default_rng(1).normal(size=(300, 1))
    values = np.hstack([codes @ gradient.T + 5, noise])
    one, other = neighbours(codes)
    steps, changes = codes[one] - codes[other], values[one] - values[other]
    found = gradients(steps, changes, 1e-9)
    np.testing.assert_allclose(found[:3], gradient, atol=1e-6)
    told = explained(found, steps, changes)
    np.testing.assert_allclose(told[:3], 1, atol=1e-6)
    assert told[3] < 0.1


def test_what_sets_two_kinds_apart_is_no_gradient() -> None:
    """Vans lie far off and are tall; among themselves, and among the others, the code says nothing of it."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(200, 2)) + np.repeat([[0.0, 0.0], [40.0, 0.0]], 100, axis=0)
    values = np.repeat([[0.0], [3.0]], 100, axis=0) + 0.5 * codes[:, 1:]
    one, other = neighbours(codes)
    found = gradients(codes[one] - codes[other], values[one] - values[other], 1e-9)
    np.testing.assert_allclose(found, [[0.0, 0.5]], atol=1e-6)


def test_neighbours_are_the_nearest() -> None:
    codes = np.random.default_rng(0).normal(size=(30, 3))
    one, other = neighbours(codes, 4)
    for number in range(30):
        distances = np.linalg.norm(codes - codes[number], axis=1)
        assert set(other[one == number]) == set(np.argsort(distances)[1:5])


def test_a_step_moves_one_thing(gradient: np.ndarray) -> None:
    response = orthogonalised(gradient, MEASURES) @ gradient.T
    np.testing.assert_allclose(response[:2, :2], np.eye(2), atol=1e-9)
    assert response[2, 2] == pytest.approx(1)


def test_of_all_such_steps_it_is_the_shortest(gradient: np.ndarray) -> None:
    steps = orthogonalised(gradient, MEASURES)
    # The last axis changes nothing that is measured; the step along the mean of parts is free.
    np.testing.assert_allclose(steps[:, 3], 0, atol=1e-9)
    assert np.linalg.norm(steps[2]) == pytest.approx(1 / np.linalg.norm(gradient[2]))


def test_steps_become_as_long_as_meshes_ask_for_within_reason() -> None:
    found = scaled(np.ones((4, 2)), np.array([0.8, 1.25, 0.1, -0.3]))
    np.testing.assert_allclose(found[:, 0], [1.25, 0.8, 4.0, 4.0])
    assert np.linalg.norm(scaled(np.full((1, 2), 3.0), np.array([0.5]))) == pytest.approx(FARTHEST)
