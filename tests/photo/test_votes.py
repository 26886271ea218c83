"""What patches vote for: which objects, whether two of one size, whether the picture's edge cuts one."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.photo import read_photo
from latentmapper.photo.foreground import CUT_OFF
from latentmapper.photo.location import box
from latentmapper.photo.votes import cut_by_votes, finite, instances, rivals
from latentmapper.reconstructor import Reconstructor

from .test_location import told_of

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.jpg"))
ONE, TWO = (4, 1, 11, 8), (5, 9, 10, 15)
WIDE = (100, 200)
"""A picture in the middle rows of the square, 4 to 12 of 16."""


def reaching(down: float) -> np.ndarray:
    """Patches of an object on the lower edge of a wide picture, that place its end so much further down."""
    told = told_of((8, 3, 12, 13))
    told[8:12, 3:13, 3] += down / 16
    return told


def test_the_first_instance_is_the_one_that_the_box_is_of() -> None:
    told = told_of(TWO, ONE)
    (first, _) = instances(told)
    found = box(told)
    assert found is not None
    np.testing.assert_allclose(first.box * 224, found, atol=3)


def test_two_of_one_size_are_told_where_nobody_chose() -> None:
    choose = "--foreground bundled takes the larger, with --instance 2 the other"
    told = f"two objects of about one size; {choose}"
    assert rivals(told_of((4, 1, 10, 7), (5, 9, 11, 15))) == (told,)
    assert rivals(told_of(ONE)) == rivals(told_of(ONE, (5, 10, 8, 14))) == ()


def test_an_object_that_is_placed_beyond_the_edge_is_cut() -> None:
    assert cut_by_votes(reaching(2), WIDE) == (CUT_OFF,)
    assert cut_by_votes(reaching(0.3), WIDE) == cut_by_votes(reaching(0), WIDE) == ()
    assert cut_by_votes(reaching(2), (200, 200)) == (), "below it the picture goes on"
    assert cut_by_votes(told_of(), WIDE) == ()


def test_an_edge_at_the_side_counts_too_and_what_is_not_finite_does_not() -> None:
    turned = reaching(2).transpose(1, 0, 2)[..., [0, 2, 1, 4, 3]]
    assert cut_by_votes(turned, (200, 100)) == (CUT_OFF,) and cut_by_votes(turned, (200, 200)) == ()
    assert cut_by_votes(finite(np.full((16, 16, 5), np.nan, np.float32)), WIDE) == ()


@pytest.fixture(scope="module")
def reconstructor() -> Reconstructor:
    return Reconstructor(threads=1)


def test_complete_examples_are_not_told_and_halves_of_most_are(reconstructor: Reconstructor) -> None:
    def told(image: Image.Image) -> bool:
        photo = read_photo(image, "photo")
        return bool(cut_by_votes(finite(reconstructor._locate(photo, ("car", "airplane"))), photo.size))

    pictures = [Image.open(path).convert("RGB") for path in EXAMPLES]
    assert not any(told(each) for each in pictures)
    upper = [told(each.crop((0, 0, each.width, round(0.55 * each.height)))) for each in pictures]
    assert len(upper) == 10 and sum(upper) >= 7
