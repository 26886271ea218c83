"""Finding codes for measured values, on functions that are known."""

import numpy as np
import pytest

from latentmapper.distribution import Distribution
from latentmapper.editing.sliders import Directions, Slider
from latentmapper.editing.solving import Solver, corrected


def _solver(measure) -> Solver:
    names = ("a", "b")
    sliders = tuple(Slider(name, name, "less", "more", "share", "measured", 0.0, 1.0) for name in names)
    spread = Distribution.of(np.random.default_rng(0).normal(0, 3, (400, 2)))
    return Solver(Directions(sliders, np.eye(2, dtype=np.float32)), spread, measure)


def test_curved_measures_that_talk_across_are_met() -> None:
    solver = _solver(
        lambda code: {"a": 0.6 * code[0] + 0.05 * code[0] ** 2 + 0.3 * code[1], "b": 1.5 * code[1]}
    )
    code, missed = solver.solve(np.zeros(2, np.float32), {"a": 1.0, "b": -1.0})
    assert missed == ()
    assert 0.6 * code[0] + 0.05 * code[0] ** 2 + 0.3 * code[1] == pytest.approx(1.0, abs=0.05)
    assert 1.5 * code[1] == pytest.approx(-1.0, abs=0.05)


def test_a_measure_that_does_not_move_is_said() -> None:
    solver = _solver(lambda code: {"a": 0.0, "b": code[1]})
    _, missed = solver.solve(np.zeros(2, np.float32), {"a": 2.0})
    assert missed == ("a comes to 0, not 2: no known shape is like that",)


def test_without_targets_nothing_moves() -> None:
    start = np.ones(2, np.float32)
    code, missed = _solver(lambda code: {}).solve(start, {})
    assert (code is start, missed) == (True, ())


def test_the_correction_explains_the_last_move() -> None:
    rng = np.random.default_rng(1)
    moved, brought = rng.normal(size=(2, 3))
    np.testing.assert_allclose(corrected(np.eye(3), moved, brought) @ brought, moved, atol=1e-9)
