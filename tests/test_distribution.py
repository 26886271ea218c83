"""How codes are spread, and how far out edits may go."""

import numpy as np
import pytest

from latentmapper.distribution import Distribution


@pytest.fixture
def codes() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(500, 3)) @ np.diag([2.0, 0.5, 0.1]) @ np.linalg.qr(rng.normal(size=(3, 3)))[0]


def test_whitened_codes_have_no_shape(codes: np.ndarray) -> None:
    whitened = Distribution.of(codes).whitened(codes)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(3), atol=1e-9)


def test_steps_lead_back(codes: np.ndarray) -> None:
    spread = Distribution.of(codes)
    np.testing.assert_allclose(spread.mean + spread.step(spread.whitened(codes)), codes, atol=1e-9)


def test_a_step_stops_at_the_border(codes: np.ndarray) -> None:
    spread = Distribution.of(codes)
    step = spread.step(np.array([10.0, 0.0, 0.0]))
    share = spread.reach(spread.mean, step)
    assert share == pytest.approx(spread.limit / 10)
    assert spread.radius(spread.mean + share * step) == pytest.approx(spread.limit)
    assert spread.reach(spread.mean, 0.1 * step) == 1.0


def test_from_outside_one_may_come_back_but_not_go_on(codes: np.ndarray) -> None:
    spread = Distribution.of(codes)
    far = spread.mean + spread.step(np.array([2 * spread.limit, 0.0, 0.0]))
    outwards = spread.step(np.array([1.0, 0.0, 0.0]))
    assert spread.reach(far, outwards) == 0.0
    assert spread.reach(far, -outwards) == 1.0
    assert spread.reach(far, 0 * outwards) == 1.0
