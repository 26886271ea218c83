"""Evaluation of one shape with methods of known quality."""

import numpy as np
import pytest

from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import EvaluationPicture, Rules
from tests.make.evaluation.fakes import Failing, Shifted, ball

RULES = Rules(points=500, viewpoints=8, views_per_shape=4)


def evaluator(*methods, conditions=("cluttered", "plain")) -> Evaluator:
    """Pictures are black; the descriptor is negative on plain backgrounds."""
    shown: list[EvaluationPicture] = []

    def render(shape, picture):
        shown.append(picture)
        return np.zeros((8, 8, 3), np.uint8)

    def describe(image):
        overview = np.array([-1 if shown[-1].condition == "plain" else 1], np.float32)
        return Description(overview, overview)

    return Evaluator(RULES, conditions, methods, render, describe, lambda overview: float(overview[0]))


def test_better_methods_score_better_and_each_picture_is_scored():
    result = evaluator(Shifted("good", 0.0), Shifted("bad", 0.3)).shape("ball", ball())
    for condition in ("cluttered", "plain"):
        good, bad = (result["samples"][name][condition] for name in ("good", "bad"))
        assert len(good["view"]) == len(good["chamfer"]) == len(good["f_score"]) == 4
        assert max(good["chamfer"]) < min(bad["chamfer"])
        assert min(good["f_score"]) > max(bad["f_score"])
    assert result["failures"] == []
    assert result["presence"] == {"cluttered": [1.0] * 4, "plain": [-1.0] * 4}


def test_a_failure_is_counted_and_scored_as_one_point_at_the_origin():
    result = evaluator(Failing("shaky", 0.0)).shape("ball", ball())
    plain, cluttered = (result["samples"]["shaky"][name] for name in ("plain", "cluttered"))
    assert len(result["failures"]) == len(plain["view"]) == 4
    assert result["failures"][0]["error"] == "MeshError: nothing there"
    # All points of the unit sphere lie at 1 from the origin, and the origin at 1 from the nearest of them.
    assert plain["chamfer"] == pytest.approx([2000] * 4, rel=0.02)
    assert plain["f_score"] == [0.0] * 4
    assert max(cluttered["chamfer"]) < 20


def test_blind_methods_answer_once_and_equal_answers_are_built_once():
    seeing, blind = Shifted("seeing", 0.1), Shifted("blind", 0.1, sees=False)
    result = evaluator(seeing, blind).shape("ball", ball())
    assert list(result["samples"]["blind"]) == ["any"]
    assert len(result["samples"]["blind"]["any"]["view"]) == 1
    assert (seeing.built, blind.built) == (1, 1)
