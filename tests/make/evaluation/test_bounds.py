"""The references that look at the truth."""

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.make.evaluation.bounds import CANDIDATES, Floor, Oracle
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.evaluation.surface import Surface
from tests.make.evaluation.clouds import sphere

NOTHING = Description(np.zeros(1, np.float32), np.zeros(1, np.float32))


def surface(points: np.ndarray) -> Surface:
    return Surface(points, points, lambda: np.zeros(64, bool))


def ellipsoids(count: int) -> dict[str, np.ndarray]:
    """Surfaces of random half-axes."""
    axes = np.random.default_rng(0).uniform(0.3, 1, (count, 3)).astype(np.float32)
    return {f"shape-{i}": sphere(500, seed=i) * axes[i] for i in range(count)}


def test_the_oracle_finds_what_comparing_with_all_would():
    training = ellipsoids(3 * CANDIDATES)
    for seed in range(3):
        truth = sphere(500, seed=100 + seed) * np.random.default_rng(seed).uniform(0.3, 1, 3).astype(
            np.float32
        )
        oracle = Oracle(
            list(training),
            training.__getitem__,
            lambda _, truth=truth: truth,
            lambda name: surface(training[name]),
        )
        best = min(training, key=lambda name: chamfer_distance(truth, training[name]))
        assert oracle.answer("test", NOTHING) == best
        assert (oracle.surface(best).points == training[best]).all()


def test_the_oracle_does_not_find_the_test_shape_itself():
    training = ellipsoids(3)
    oracle = Oracle(
        list(training), training.__getitem__, training.__getitem__, lambda name: surface(training[name])
    )
    assert oracle.answer("shape-1", NOTHING) != "shape-1"
    only = Oracle(["a"], lambda _: sphere(10), lambda _: sphere(10), lambda _: surface(sphere(10)))
    with pytest.raises(StoreError, match="a is the only training shape"):
        only.answer("a", NOTHING)


def test_an_oracle_without_training_shapes_is_refused():
    with pytest.raises(StoreError, match="there is no training shape"):
        Oracle([], lambda _: sphere(10), lambda _: sphere(10), lambda _: surface(sphere(10)))


def test_the_floor_answers_with_the_shape_itself():
    floor = Floor(lambda name: surface(np.full((1, 3), float(name), np.float32)))
    assert floor.surface(floor.answer("7", NOTHING)).points[0, 0] == 7
    assert not floor.sees
