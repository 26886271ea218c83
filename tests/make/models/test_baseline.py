"""How baselines look at pictures."""

import numpy as np
import pytest

pytest.importorskip("torch")

from latentmapper.make.models.baseline import look


def test_a_picture_that_is_not_square_stands_in_the_middle_of_grey() -> None:
    picture = np.zeros((60, 120, 3), np.uint8)
    picture[..., 0] = 255
    seen = look(picture, 64, grey=False)
    assert seen.shape == (3, 64, 64)
    np.testing.assert_allclose(seen[:, 32, 32], [1, -1, -1], atol=0.01)
    np.testing.assert_allclose(seen[:, [2, -3], 32], 0, atol=0.01)


@pytest.mark.parametrize(
    ("colour", "level"), [((255, 255, 255), 1.0), ((255, 0, 0), -0.402), ((0, 0, 0), -1)]
)
def test_a_grey_picture_has_one_channel_of_the_colour_s_luma(colour: tuple[int, ...], level: float) -> None:
    seen = look(np.full((64, 64, 3), colour, np.uint8), 32, grey=True)
    assert seen.shape == (1, 32, 32)
    np.testing.assert_allclose(seen, level, atol=1e-3)


def test_rows_stay_rows() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:32] = 255
    seen = look(picture, 32, grey=True)[0]
    assert seen[4].min() > 0.99 and seen[-4].max() < -0.99
