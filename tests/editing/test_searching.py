"""Looking for a code along directions and towards others, on functions that are known."""

import numpy as np
import pytest

from latentmapper.distribution import Distribution
from latentmapper.editing.searching import HALVINGS, Search, corrected, shortest

SPREAD = Distribution.of(np.random.default_rng(0).normal(0, 2, (2000, 3)))


def _search(left_at, start: float = 0.0) -> Search:
    code = np.array([start, 0.0, 0.0])
    return Search(SPREAD, left_at, code, left_at(code), 1)


def test_the_correction_explains_the_last_step() -> None:
    rng = np.random.default_rng(1)
    step, brought, slopes = rng.normal(size=5), rng.normal(size=2) / 4, 0.1 * rng.normal(size=(2, 5))
    np.testing.assert_allclose(corrected(slopes, step, brought) @ step, brought, atol=1e-9)


def test_after_a_jump_one_goes_elsewhere() -> None:
    slopes, step = np.array([[0.5, 0.25]]), np.array([1.0, 0.5])
    np.testing.assert_allclose(corrected(slopes, step, np.array([3.0])), [[0.0, 0.25]])
    np.testing.assert_allclose(corrected(slopes, step, None), [[0.0, 0.25]])
    alone = corrected(slopes[:, :1], step[:1], np.array([3.0]))
    np.testing.assert_allclose(alone, [[0.5]], err_msg="there is no other way")


def test_the_shortest_step_brings_what_is_left_or_as_far_as_is_trusted() -> None:
    slopes = np.array([[0.5, 0.5, 0.0], [0.0, 0.2, 0.4]])
    step = shortest(slopes, np.array([0.3, -0.1]), 9.0)
    np.testing.assert_allclose(slopes @ step, [0.3, -0.1], atol=1e-3)
    np.testing.assert_allclose(step, np.linalg.pinv(slopes) @ [0.3, -0.1], atol=2e-3)
    held = shortest(slopes, np.array([3.0, -1.0]), 0.5)
    assert np.linalg.norm(held) == pytest.approx(0.5)
    assert not shortest(np.zeros((2, 3)), np.ones(2), 1.0).any(), "what brings nothing is not gone"


def test_the_best_code_is_kept_whatever_comes_after() -> None:
    search = _search(lambda code: np.array([2.0 - abs(code[0] - 1.0) + 1.5]) if code[0] else np.array([2.0]))
    search.along(np.eye(3)[:1], np.eye(1), 1.0, 10)
    assert (search.left.tolist(), search.code[0]) == ([2.0], 0.0)
    assert search.meshes <= 5, "four times in vain is enough"


def test_directions_go_no_farther_than_their_ends() -> None:
    search = _search(lambda code: np.array([3.0 - 0.5 * code[0]]))
    search.along(np.eye(3)[:1], np.eye(1), 1.0, 10, np.array([[-1.5, 1.5]]))
    assert search.code[0] == pytest.approx(1.5)


def test_slopes_are_seen_on_meshes_but_no_jumps() -> None:
    search = _search(lambda code: np.array([1.0 - 0.3 * code[0] + 0.1 * code[1] - 5.0 * (code[2] > 0.5)]))
    np.testing.assert_allclose(search.slopes(np.eye(3)), [[0.3, -0.1, 0.0]])
    assert search.meshes == 4


def test_between_two_codes_every_value_is_found() -> None:
    search = _search(lambda code: np.array([0.5 - (code[0] / 2) ** 3]), start=-1.0)
    search.towards(np.array([3.0, 0.0, 0.0]), 40)
    assert search.met and (search.code[0] / 2) ** 3 == pytest.approx(0.5, abs=0.05)
    assert search.meshes <= 2 + HALVINGS


def test_towards_what_is_not_beyond_nothing_is_looked_for() -> None:
    search = _search(lambda code: np.array([0.5 - 0.1 * code[0]]))
    search.towards(np.array([3.0, 0.0, 0.0]), 40)
    assert search.meshes == 2 and search.left == pytest.approx(0.2), "though it is nearer, and kept"
