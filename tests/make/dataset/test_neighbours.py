"""Neighbours stand beside and behind what a picture is of, and never before it."""

from dataclasses import replace

import numpy as np
import pytest

from latentmapper.make.dataset.neighbours import beside, with_neighbours
from latentmapper.make.dataset.scene import View
from latentmapper.render.camera import Camera


def view_of(color: int, top: int, left: int, bottom: int, right: int) -> View:
    image, mask = np.zeros((224, 224, 3), np.uint8), np.zeros((224, 224), bool)
    mask[top:bottom, left:right] = True
    image[mask] = color
    return View(image, mask, Camera(0, 0, 3, 40), 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_seen_of_the_object_stays(seed: int) -> None:
    view, other = view_of(200, 100, 70, 140, 150), view_of(90, 50, 20, 90, 140)
    both = beside(view, other, np.random.default_rng(seed))
    assert (both.image[view.mask] == 200).all()
    assert both.mask is view.mask
    new = (both.image != view.image).any(-1)
    assert new.sum() > 200
    assert not (new & view.mask).any()
    rows, columns = np.nonzero(new)
    assert rows.max() < 140
    assert columns.max() < 70 or columns.min() >= 150


def test_a_view_with_an_occluder_stays_as_it_is() -> None:
    view, other = view_of(200, 100, 70, 140, 150), view_of(90, 50, 20, 90, 140)
    hidden = replace(view, occlusion=0.2)
    assert beside(hidden, other, np.random.default_rng(0)) is hidden


def test_no_view_is_its_own_neighbour() -> None:
    views = [view_of(100 + i, 60, 60, 120, 130) for i in range(3)]
    for seed in range(10):
        for view, both in zip(views, with_neighbours(views, 1.0, np.random.default_rng(seed)), strict=True):
            beside_it = both.image[(both.image != view.image).any(-1)]
            assert len(beside_it)
            assert (beside_it != view.image[80, 80]).any()


def test_a_neighbour_is_smaller_than_the_object() -> None:
    view, other = view_of(200, 100, 90, 120, 130), view_of(90, 0, 0, 100, 220)
    both = beside(view, other, np.random.default_rng(0))
    rows, columns = np.nonzero((both.image != view.image).any(-1))
    assert max(np.ptp(rows), np.ptp(columns)) < 40


def test_a_share_of_the_views_gets_one() -> None:
    rng = np.random.default_rng(0)
    views = [view_of(100 + i, 60, 60, 120, 130) for i in range(40)]
    changed = [
        one.image is not two.image for one, two in zip(views, with_neighbours(views, 0.5, rng), strict=True)
    ]
    assert 10 < sum(changed) < 30
    assert with_neighbours(views, 0.0, rng) == views


def test_where_nothing_is_seen_nothing_is_added() -> None:
    empty, other = view_of(1, 0, 0, 0, 0), view_of(90, 0, 0, 100, 220)
    assert beside(empty, other, np.random.default_rng(0)) is empty
    assert beside(other, empty, np.random.default_rng(0)) is other
