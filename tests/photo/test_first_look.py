"""A glance decides where it is sure; in doubt, and for packs that cannot glance, the whole is looked at."""

from dataclasses import dataclass

import numpy as np
import pytest

from latentmapper.features.vit import Tokens
from latentmapper.photo.first_look import SURE, look_first, shrunk

SQUARE = np.zeros((224, 224, 3), np.float32)


class Eyes:
    """Says which of the two looks was taken, by the side of what it describes."""

    def describe(self, images: np.ndarray) -> Tokens:
        return self.glance(images)

    def glance(self, images: np.ndarray) -> Tokens:
        side = images.shape[1]
        return Tokens(np.zeros((1, 2), np.float32), np.zeros((1, 2, 2, 2), np.float32), side=side)


@dataclass
class Judge:
    """As sure as it is told to be by a glance, and by the whole surer that it is not so."""

    by_glance: float
    glance: int | None = 126

    def odds(self, tokens: Tokens) -> float:
        return -9.0 if tokens.side == 224 else self.by_glance


def test_who_is_sure_at_a_glance_does_not_look_at_the_whole() -> None:
    tokens, odds = look_first(Eyes(), Eyes(), SQUARE, {"car": Judge(SURE), "airplane": Judge(-SURE)})
    assert tokens.side == 126
    assert odds == {"car": SURE, "airplane": -SURE}


@pytest.mark.parametrize("doubt", [SURE - 0.01, 0.0, 0.01 - SURE])
def test_doubt_of_any_category_takes_a_look_at_the_whole(doubt: float) -> None:
    tokens, odds = look_first(Eyes(), Eyes(), SQUARE, {"car": Judge(9.0), "airplane": Judge(doubt)})
    assert tokens.side == 224
    assert odds == {"car": -9.0, "airplane": -9.0}


@pytest.mark.parametrize("other", [None, 112])
def test_packs_that_do_not_glance_alike_look_at_the_whole(other: int | None) -> None:
    tokens, _ = look_first(Eyes(), Eyes(), SQUARE, {"car": Judge(9.0), "airplane": Judge(9.0, other)})
    assert tokens.side == 224


def test_exact_answers_take_no_glance() -> None:
    tokens, _ = look_first(Eyes(), None, SQUARE, {"car": Judge(9.0)})
    assert tokens.side == 224


def test_a_smaller_picture_shows_the_same() -> None:
    square = SQUARE.copy()
    square[:112, :112, 0] = 1
    small = shrunk(square, 112)
    assert small.shape == (112, 112, 3)
    np.testing.assert_allclose(small[:50, :50], square[:50, :50], atol=0.01)
    np.testing.assert_allclose(small[60:], 0, atol=0.01)
