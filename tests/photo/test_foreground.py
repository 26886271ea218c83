"""Which of several objects is taken, what is said of it, and when a mask is of no use."""

import numpy as np
import pytest

from latentmapper.errors import PhotoError, RefusedPhoto
from latentmapper.photo import read_photo
from latentmapper.photo.foreground import Alpha, Candidate, Mask, Nothing, Request, cut_off, pick

CAR = Request(("car",))


def box_mask(top: int, left: int, bottom: int, right: int, size: tuple[int, int] = (100, 200)) -> Mask:
    mask = np.zeros(size, np.float32)
    mask[top:bottom, left:right] = 1
    return mask


def candidate(mask: Mask) -> Candidate:
    return Candidate("car", 0.9, float(mask.mean()), (0, 0, 1, 1))


def objects(*masks: Mask) -> list[tuple[Candidate, Mask]]:
    return [(candidate(mask), mask) for mask in masks]


SMALL, LARGE = box_mask(10, 10, 50, 50), box_mask(20, 80, 90, 190)


def test_the_largest_is_taken_unless_another_is_asked_for() -> None:
    found = pick(objects(SMALL, LARGE), CAR, "a.jpg", "DETR")
    assert found.mask is LARGE and found.instance == 1 and found.warnings == ()
    assert [each.share for each in found.candidates] == pytest.approx([LARGE.mean(), SMALL.mean()])
    second = pick(objects(SMALL, LARGE), Request(("car",), 2), "a.jpg", "DETR")
    assert second.mask is SMALL and second.instance == 2


def test_two_of_one_size_are_told() -> None:
    other = box_mask(20, 5, 90, 75, (100, 200))
    alike = pick(objects(box_mask(20, 100, 90, 165), other), CAR, "a.jpg", "DETR")
    assert alike.warnings == (
        "two objects of about one size: the larger is taken; --instance 2 takes the other",
    )
    assert pick(objects(LARGE, other), Request(("car",), 2), "a.jpg", "DETR").warnings == ()


def test_nothing_found_is_one_sentence() -> None:
    with pytest.raises(RefusedPhoto) as caught:
        pick([], Request(("car", "airplane")), "a.jpg", "DETR")
    assert str(caught.value) == (
        "a.jpg: DETR finds no car or airplane in it; --foreground none looks at the whole picture"
    )


def test_an_instance_that_is_not_there_is_one_sentence() -> None:
    for some, count in ((objects(SMALL), "only 1 is"), (objects(SMALL, LARGE), "only 2 are")):
        with pytest.raises(PhotoError) as caught:
            pick(some, Request(("car",), 3), "a.jpg", "DETR")
        assert str(caught.value) == f"a.jpg: --instance 3, but of car {count} found by DETR"


def test_an_object_too_small_to_see_is_refused() -> None:
    with pytest.raises(PhotoError, match=r"a\.jpg: the object is smaller than 32 pixels; crop the photo"):
        pick(objects(box_mask(0, 0, 20, 31)), CAR, "a.jpg", "DETR")
    with pytest.raises(PhotoError, match="smaller than 32 pixels"):
        pick(objects(0.4 * LARGE), CAR, "a.jpg", "DETR")
    assert pick(objects(box_mask(0, 0, 2, 32)), CAR, "a.jpg", "DETR").mask is not None


@pytest.mark.parametrize("edges", [(0, 50, 60, 120), (40, 50, 100, 120), (20, 0, 60, 80), (20, 90, 60, 200)])
def test_an_object_at_the_edge_is_told(edges: tuple[int, int, int, int]) -> None:
    (warning,) = cut_off(box_mask(*edges))
    assert warning == "the picture's edge cuts the object: what lies beyond is guessed; show all of it"


def test_an_object_within_or_just_touching_is_not() -> None:
    assert cut_off(LARGE) == ()
    wheel = box_mask(20, 20, 99, 180)
    wheel[99, 40:50] = 1
    assert cut_off(wheel) == ()
    assert cut_off(np.zeros((9, 9), np.float32)) == ()


def test_transparency_and_nothing() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[5:, 5:, 3] = 255
    photo = read_photo(rgba)
    found = Alpha().find(photo, CAR)
    assert found.mask is photo.alpha and found.candidates == ()
    assert Nothing().find(photo, CAR).mask is None
    assert Alpha().find(read_photo(rgba[5:, 5:]), CAR).mask is None
    assert (Alpha().identity("a"), Nothing().identity("a")) == ("alpha", "none")
