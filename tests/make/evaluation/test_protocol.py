"""The protocol: its id, and the pictures it asks for."""

import numpy as np
import pytest

from latentmapper.errors import RecipeError
from latentmapper.make.evaluation.protocol import Rules


def test_all_72_views_of_every_condition_once():
    pictures = list(Rules().pictures("car-1"))
    assert len(pictures) == 3 * 72
    for condition in ("cluttered", "plain", "occluded"):
        seen = {(p.azimuth, p.elevation) for p in pictures if p.condition == condition}
        assert seen == {(15.0 * a, e) for a in range(24) for e in (-5.0, 15.0, 35.0)}


def test_fewer_views_are_the_first_of_all_views_and_go_round_the_object():
    few = list(Rules(views_per_shape=6).pictures("car-1", ("plain",)))
    whole = list(Rules().pictures("car-1", ("plain",)))
    assert few == whole[:6]
    azimuths = np.sort([p.azimuth for p in few])
    gaps = np.diff([*azimuths, azimuths[0] + 360])
    assert gaps.max() <= 120
    assert {p.elevation for p in few} == {-5.0, 15.0, 35.0}


def test_shapes_begin_at_different_views_and_conditions_share_seeds():
    rules = Rules(views_per_shape=1)
    assert len({next(rules.pictures(f"car-{i}")).view for i in range(20)}) > 5
    cluttered, plain, occluded = rules.pictures("car-1")
    assert cluttered.seed == plain.seed == occluded.seed
    assert cluttered.occlusion == plain.occlusion == 0
    assert 0.3 <= occluded.occlusion <= 0.5


def test_no_two_pictures_of_a_condition_share_what_is_random_in_them():
    shapes = [list(Rules().pictures(f"car-{i}", ("occluded",))) for i in range(3)]
    seeds = [picture.seed for pictures in shapes for picture in pictures]
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] != next(Rules(seed=1).pictures("car-0", ("occluded",))).seed
    hidden = np.array([picture.occlusion for pictures in shapes for picture in pictures])
    np.testing.assert_allclose(np.percentile(hidden, [5, 50, 95]), [0.31, 0.4, 0.49], atol=0.02)


def test_the_id_names_what_changes_numbers():
    ids = {
        rules.id for rules in (Rules(), Rules(views_per_shape=12), Rules(resolution=64), Rules(points=2000))
    }
    assert len(ids) == 4
    assert Rules().id == Rules().record()["id"]
    assert Rules(views_per_shape=12).id.startswith("lm1-12x96-")


def test_what_came_later_changes_the_id_where_it_differs_from_its_default():
    assert Rules(views_per_shape=6, resolution=64).id == "lm1-6x64-50272504"
    later = (Rules(emd_points=1000), Rules(emd_views=4), Rules(cells=64))
    assert len({Rules().id, *(rules.id for rules in later)}) == 4
    assert Rules(emd_views=4).record()["emd_views"] == 4


def test_occlusion_by_name_and_damage_that_leaves_views_and_seeds_alone():
    names = ("cluttered", "occluded-25", "occluded-50", "pixels-64", "pixels-512", "blur-2", "jpeg-10")
    pictures = list(Rules(views_per_shape=1).pictures("car-1", names))
    assert [picture.occlusion for picture in pictures] == [0, 0.25, 0.5, 0, 0, 0, 0]
    assert len({(picture.view, picture.seed) for picture in pictures}) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"emd_points": 0}, r"--emd-points must lie in 1\.\.5000, not 0"),
        ({"emd_points": 5001}, r"--emd-points must lie in 1\.\.5000, not 5001"),
        ({"emd_views": 0}, "--emd-views must be at least 1, not 0"),
        ({"cells": 30}, "the cells a side must be a multiple of 4, not 30"),
    ],
)
def test_impossible_rules_are_refused(fields, message):
    with pytest.raises(RecipeError, match=message):
        Rules(**fields)


@pytest.mark.parametrize("views", [0, 73])
def test_impossible_numbers_of_views_are_refused(views):
    with pytest.raises(RecipeError, match=r"--views-per-shape must lie in 1\.\.72, not"):
        Rules(views_per_shape=views)
