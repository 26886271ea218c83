"""Codes drawn towards known ones: against a plain loop, and in the limits."""

import numpy as np
import pytest

from latentmapper.projection import Projection

RNG = np.random.default_rng(0)
BANK = RNG.normal(size=(20, 6)).astype(np.float32)
DIRECTIONS = RNG.normal(size=(6, 6)).astype(np.float32)


def test_it_equals_the_plain_formula() -> None:
    codes = RNG.normal(size=(3, 6)).astype(np.float32)
    found, weights = Projection(BANK, DIRECTIONS)(codes)
    for code, row, answer in zip(codes, weights, found, strict=True):
        plain = np.array(
            [np.exp(-0.5 * np.sum(((code - known) @ DIRECTIONS).astype(float) ** 2)) for known in BANK]
        )
        np.testing.assert_allclose(row, plain / plain.sum(), rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(answer, (plain / plain.sum()) @ BANK, atol=1e-4)


def test_a_known_code_stays_where_all_others_are_far() -> None:
    found, weights = Projection(BANK, 50 * DIRECTIONS)(BANK)
    np.testing.assert_allclose(found, BANK, atol=1e-5)
    np.testing.assert_allclose(weights, np.eye(20), atol=1e-5)


def test_a_code_far_from_everything_becomes_the_nearest_known_one() -> None:
    code = np.full((1, 6), 1e4, np.float32)
    found, weights = Projection(BANK, DIRECTIONS)(code)
    nearest = np.argmin(np.linalg.norm((code - BANK) @ DIRECTIONS, axis=1))
    assert weights[0].argmax() == nearest
    np.testing.assert_allclose(found[0], BANK[nearest], atol=1e-4)


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_answers_stay_among_the_known_codes(scale: float) -> None:
    found, weights = Projection(BANK, DIRECTIONS)(scale * RNG.normal(size=(50, 6)).astype(np.float32))
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-5)
    assert (found <= BANK.max(0) + 1e-5).all() and (found >= BANK.min(0) - 1e-5).all()


def test_evidence_multiplies_what_distances_say() -> None:
    codes, evidence = RNG.normal(size=(3, 6)).astype(np.float32), RNG.normal(size=(3, 20)).astype(np.float32)
    project = Projection(BANK, DIRECTIONS)
    wanted = project(codes)[1] * np.exp(evidence)
    found, weights = project(codes, evidence)
    np.testing.assert_allclose(weights, wanted / wanted.sum(1, keepdims=True), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(found, weights @ BANK, atol=1e-5)
    np.testing.assert_allclose(project(codes, evidence + 7)[1], weights, rtol=1e-4, atol=1e-6)
