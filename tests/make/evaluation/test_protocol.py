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


def test_the_id_names_what_changes_numbers():
    ids = {
        rules.id for rules in (Rules(), Rules(views_per_shape=12), Rules(resolution=64), Rules(points=2000))
    }
    assert len(ids) == 4
    assert Rules().id == Rules().record()["id"]
    assert Rules(views_per_shape=12).id.startswith("lm1-12x96-")


@pytest.mark.parametrize("views", [0, 73])
def test_impossible_numbers_of_views_are_refused(views):
    with pytest.raises(RecipeError, match=r"--views-per-shape must lie in 1\.\.72, not"):
        Rules(views_per_shape=views)
