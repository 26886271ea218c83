"""The arithmetic of edits by a contrastive pair, on effects that are known."""

import numpy as np
import pytest

from latentmapper.editing.clip_text import (
    FARTHEST,
    Evidence,
    distinct,
    reached,
    solve,
    text_directions,
    unrelated_texts,
)
from latentmapper.errors import UsageError
from latentmapper.features.clip import DIMENSION
from tests.editing.silhouettes import SilhouetteClip

LOW, HIGH = np.full(3, -3.0), np.full(3, 3.0)
AXES = np.eye(3, 5)


def test_one_slider_that_does_it_moves_alone() -> None:
    np.testing.assert_allclose(solve(0.1 * AXES, AXES[1], LOW, HIGH), [0, FARTHEST, 0], atol=1e-12)


def test_sliders_that_do_parts_of_it_share_it() -> None:
    wanted = np.array([3.0, -4.0, 0, 0, 0]) / 5
    steps = solve(0.1 * AXES, wanted, LOW, HIGH)
    np.testing.assert_allclose(steps, [-0.75 * -FARTHEST, -FARTHEST, 0], atol=1e-12)


def test_what_one_slider_spoils_another_mends() -> None:
    """The first does what is asked and something else; only together with the second is it the text alone."""
    effects = np.array([[1.0, 1.0, 0], [0, 1.0, 0], [0, 0, 1.0]])
    first, second, third = solve(effects, np.array([1.0, 0, 0]), LOW, HIGH)
    assert first == FARTHEST and -FARTHEST < second < -0.3 * FARTHEST and third == 0


def test_no_slider_goes_beyond_its_end() -> None:
    assert solve(AXES, AXES[2], LOW, np.array([3.0, 3.0, 0.7])).tolist() == [0, 0, 0.7]


@pytest.mark.parametrize("effect", [0.0, 1e-7])
def test_sliders_without_effect_are_refused(effect: float) -> None:
    with pytest.raises(UsageError, match="no slider changes what the pair sees"):
        solve(effect * AXES, AXES[0], LOW, HIGH)


def test_what_sliders_can_reach_is_the_cosine_with_their_span() -> None:
    directions = np.array([AXES[0], [0.6, 0, 0, 0.8, 0], [0, 0, 0, 0, 1.0]])
    np.testing.assert_allclose(reached(0.1 * AXES, directions), [1, 0.6, 0], atol=1e-12)


def test_texts_are_directions_away_from_the_category() -> None:
    directions = text_directions(SilhouetteClip(), ["a taller thing", "lower", "thing"], "thing")
    assert directions.shape == (3, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), [1, 1, 0], atol=1e-6)
    assert directions[0, 1] > 0.9 and directions[1, 1] < -0.9


def test_articles_are_left_out_and_the_category_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Listening(SilhouetteClip):
        def texts(self, texts):
            asked.extend(texts)
            return super().texts(texts)

    text_directions(Listening(), ["A taller Thing", "the Lower"], "thing")
    assert len(asked) == 3 * 74
    assert {"a photo of a thing", "a photo of a taller Thing", "a photo of a Lower thing"} <= set(asked)


def test_unrelated_sentences_are_about_other_kinds() -> None:
    assert "red car" in unrelated_texts("car") and "t-tail car" in unrelated_texts("car")
    assert "sedan airplane" in unrelated_texts("airplane") and "airliner airplane" not in unrelated_texts(
        "airplane"
    )


def test_sentences_that_a_pair_does_not_tell_apart_count_once() -> None:
    rows = np.array([AXES[0], AXES[0], np.zeros(5), AXES[1]])
    assert distinct(rows).tolist() == [AXES[0].tolist(), AXES[1].tolist()]
    assert distinct(np.zeros((2, 5))).shape == (0, 5)


@pytest.mark.parametrize(
    ("expected", "change", "raised", "none", "doubted"),
    [
        (0.9, [1.0, 0.1, 0.0], 1.0, False, False),
        (0.9, [0.5, 1.0, 0.0], 0.6, False, True),
        (0.15, [1.0, 0.1, 0.0], 1.0, False, True),
        (0.05, [1.0, 0.1, 0.0], 1.0, True, True),
        (0.9, [-1.0, 0.1, 0.0], 0.0, True, True),
    ],
)
def test_evidence(expected: float, change: list[float], raised: float, none: bool, doubted: bool) -> None:
    unrelated = np.array([[0, 1.0, 0], [0, 0, 1.0], [0, -1.0, 0], [0, 0, -1.0], [0, 0.6, 0.8]])
    chance = np.array([0.1, 0.12, 0.2, 0.1, 0.1])
    found = Evidence(np.array(change), np.array([1.0, 0, 0]), unrelated, expected, chance)
    assert (found.raised, found.none, bool(found.doubt)) == (raised, none, doubted)
    assert found.cosine == pytest.approx(change[0] / np.linalg.norm(change))
    told = f"by a cosine of {found.cosine:+.2f}, {expected:+.2f} was expected and +0.10 is usual"
    assert told in found.told() and found.told().endswith(f"{round(5 * raised)} of 5 such sentences")


@pytest.mark.parametrize("count", [0, 4])
def test_with_few_other_sentences_there_is_nothing_to_judge_by(count: int) -> None:
    unrelated, chance = np.tile(np.array([0, 1.0, 0]), (count, 1)), np.full(count, 2.0)
    found = Evidence(np.array([1.0, 0, 0]), np.array([1.0, 0, 0]), unrelated, 1.0, chance)
    assert found.doubt.startswith(f"the pair tells only {count} sentences about other things apart, too few")
    assert not found.none and found.told().startswith("the change goes along the text by a cosine of +1.00")
