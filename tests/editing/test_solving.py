"""Finding codes for measured values, on functions that are known."""

from collections.abc import Callable

import numpy as np
import pytest

from latentmapper.distribution import Distribution
from latentmapper.editing.sliders import Directions, Slider
from latentmapper.editing.solving import MESHES, OWN, Solver
from latentmapper.errors import MeshError

Measure = Callable[[np.ndarray], dict[str, float]]
SIZE = 12
START = np.zeros(SIZE, np.float32)


class Meshes:
    """Measures codes, and counts how often."""

    def __init__(self, measure: Measure) -> None:
        self._measure, self.count = measure, 0

    def __call__(self, code: np.ndarray) -> dict[str, float]:
        self.count += 1
        return self._measure(code.astype(np.float64))


def _solver(measure: Measure) -> Solver:
    """Sliders a and b move the first two of twelve axes, by three at most."""
    names = ("a", "b")
    sliders = tuple(Slider(name, name, "less", "more", "share", "measured", 0.0, 1.0) for name in names)
    spread = Distribution.of(np.random.default_rng(0).normal(0, 1, (2000, SIZE)))
    return Solver(Directions(sliders, np.eye(SIZE, dtype=np.float32)[:2]), spread, Meshes(measure))


def test_curved_measures_that_talk_across_are_met_on_few_meshes() -> None:
    solver = _solver(
        lambda code: {"a": 0.6 * code[0] + 0.05 * code[0] ** 2 + 0.3 * code[1], "b": 1.5 * code[1]}
    )
    code, missed = solver.solve(START, {"a": 1.0, "b": -1.0})
    assert missed == ()
    assert 0.6 * code[0] + 0.05 * code[0] ** 2 + 0.3 * code[1] == pytest.approx(1.0, abs=0.05)
    assert 1.5 * code[1] == pytest.approx(-1.0, abs=0.05)
    assert solver.measure.count <= OWN  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "of_a",
    [
        pytest.param(lambda x: 0.4 * np.tanh(x[0]) + 0.3 * x[2:6].sum(), id="its slider comes to an end"),
        pytest.param(lambda x: -0.3 * x[0] ** 2 + 0.3 * x[2:6].sum(), id="its slider does the contrary"),
        pytest.param(lambda x: x[0] - 2.0 * (x[0] > 1.0) + 0.3 * x[2:6].sum(), id="it jumps back on the way"),
        pytest.param(lambda x: np.sin(4 * x[0]) + 0.3 * x[2:6].sum(), id="it comes and goes"),
    ],
)
def test_where_the_own_slider_does_not_lead_others_do(of_a: Callable[[np.ndarray], float]) -> None:
    solver = _solver(lambda code: {"a": float(of_a(code)), "b": code[1] + 0.2 * code[2]})
    code, missed = solver.solve(START, {"a": 1.2, "b": 0.5})
    assert missed == ()
    assert of_a(code) == pytest.approx(1.2, abs=0.05)
    assert code[1] + 0.2 * code[2] == pytest.approx(0.5, abs=0.05)
    assert solver.measure.count <= MESHES  # type: ignore[attr-defined]


def test_shapes_between_known_ones_are_looked_at_last() -> None:
    """Near the start nothing moves the measure; only on the way to known shapes does it rise."""
    solver = _solver(lambda code: {"a": max(float(code[0]) - 1.0, 0.0), "b": 0.0})
    start = -2.5 * np.eye(SIZE, dtype=np.float32)[0]
    code, missed = solver.solve(start, {"a": 0.5})
    assert missed == () and code[0] == pytest.approx(1.5, abs=0.05)


def test_a_measure_that_does_not_move_is_said_and_the_shape_left_as_it_is() -> None:
    solver = _solver(lambda code: {"a": 0.0, "b": float(code[1])})
    code, missed = solver.solve(START, {"a": 2.0})
    assert code is START
    assert missed == (
        "a comes to 0, not 2: no plausible shape near this one was found that does; known ones have 0, give"
        " or take 1",
    )
    assert solver.measure.count <= MESHES  # type: ignore[attr-defined]


def test_what_no_known_shape_has_is_told_as_such() -> None:
    solver = _solver(lambda code: {"a": float(np.tanh(code[0])), "b": 0.0})
    _, (sentence,) = solver.solve(START, {"a": 5.0})
    assert sentence.startswith("a comes to ")
    assert sentence.endswith(", not 5: no known shape is like that; they have 0, give or take 1")


def test_meshes_without_the_measure_are_passed_over_on_the_way() -> None:
    def measure(code: np.ndarray) -> dict[str, float]:
        if code[0] > 1.25:
            raise MeshError("the code has no surface")
        return {"a": 0.8 * float(code[0]) + 0.3 * float(code[2:6].sum())} if code[0] > -9 else {}

    code, missed = _solver(measure).solve(START, {"a": 1.1})
    assert missed == () and code[0] <= 1.25
    with pytest.raises(MeshError, match=r"^b cannot be measured on this shape, and so not be set$"):
        _solver(measure).solve(START, {"b": 1.1})


def test_without_targets_nothing_moves() -> None:
    start = np.ones(SIZE, np.float32)
    code, missed = _solver(lambda code: {}).solve(start, {})
    assert (code is start, missed) == (True, ())
