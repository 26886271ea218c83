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
    step = np.array([30.0, 0.0, 0.0])
    share = spread.reach(spread.mean, step)
    assert 0 < share < 1
    assert spread.distance(spread.mean + share * step) == pytest.approx(spread.limit)
    assert spread.reach(spread.mean, 0.5 * share * step) == 1.0


def test_almost_all_known_codes_have_another_one_within_the_limit(codes: np.ndarray) -> None:
    apart = [np.sort(np.linalg.norm(codes - code, axis=1))[1] for code in codes]
    spread = Distribution.of(codes)
    assert np.mean(np.array(apart) <= spread.limit) == pytest.approx(0.99, abs=0.005)
    assert spread.distance(codes[7] + 1e-3) < 2e-3


def test_no_step_leads_over_a_gap() -> None:
    """Between two kinds of shapes there may be none; what comes after is not reached through nothing."""
    kinds = np.random.default_rng(1).normal(0, 0.1, (200, 2))
    kinds[100:, 0] += 10
    spread = Distribution.of(kinds)
    assert 0 < spread.reach(kinds[0], kinds[150] - kinds[0]) < 0.1
    filled = Distribution.of(np.concatenate([kinds, np.linspace([0.0, 0.0], [10.0, 0.0], 150)]))
    assert filled.reach(kinds[0], kinds[150] - kinds[0]) == 1.0


def test_small_steps_along_all_axes_are_held_back_where_each_alone_is_not() -> None:
    """Known shapes fill hundreds of axes; sums of steps along a few stay within their radius and are none."""
    rng = np.random.default_rng(2)
    codes = rng.normal(size=(1500, 100)) * np.geomspace(1, 0.02, 100)
    spread, step = Distribution.of(codes), np.zeros(100)
    step[:8] = 2.2
    assert np.linalg.norm(spread.whitened(spread.mean + step)) < np.linalg.norm(spread.whitened(codes[0]))
    assert spread.reach(spread.mean, step) < 0.9
    assert all(spread.reach(spread.mean, step * one) == 1.0 for one in np.eye(100)[:8])
    mid = (codes[:750] + codes[750:]) / 2
    assert all(spread.reach(code, point - code) == 1.0 for code, point in zip(codes, mid, strict=False))


def test_one_shape_alone_sets_no_limit() -> None:
    spread = Distribution.of(np.ones((1, 3)))
    assert spread.reach(np.ones(3), np.array([5.0, 0.0, 0.0])) == 1.0


def test_from_outside_one_may_come_back_but_not_go_on(codes: np.ndarray) -> None:
    spread = Distribution.of(codes)
    far = spread.mean + np.array([60.0, 0.0, 0.0])
    outwards = np.array([1.0, 0.0, 0.0])
    assert spread.reach(far, outwards) == pytest.approx(0.0, abs=1e-6)
    assert spread.reach(far, -outwards) == 1.0
    assert spread.reach(far, 0 * outwards) == 1.0
