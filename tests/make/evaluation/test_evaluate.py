"""Evaluation of one shape with methods of known quality."""

from dataclasses import replace

import numpy as np
import pytest

from latentmapper.errors import PackError
from latentmapper.make.evaluation import surface
from latentmapper.make.evaluation.comparison import ALWAYS, METRICS, measures
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import EvaluationPicture, Rules
from latentmapper.make.evaluation.surface import Surface
from tests.make.evaluation.fakes import CELLS, Failing, Shifted, ball

RULES = Rules(points=500, viewpoints=8, views_per_shape=4, emd_points=300, emd_views=2, cells=CELLS)


def evaluator(*methods, conditions=("cluttered", "plain"), measured=ALWAYS) -> Evaluator:
    """Pictures are black; the descriptor is negative on plain backgrounds."""
    shown: list[EvaluationPicture] = []

    def render(shape, picture):
        shown.append(picture)
        return np.zeros((8, 8, 3), np.uint8)

    def describe(image):
        overview = np.array([-1 if shown[-1].condition == "plain" else 1], np.float32)
        return Description(overview, overview, odds=lambda: float(overview[0]))

    return Evaluator(RULES, conditions, methods, render, describe, measured)


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


def broken(error: Exception):
    """What gives no descriptor."""

    def descriptor():
        raise error

    return descriptor


class Reading(Shifted):
    """Reads the descriptor before it answers."""

    def answer(self, shape_id, picture):
        return float(picture.descriptor[0])


def test_a_descriptor_that_cannot_be_found_is_a_failure_of_who_reads_it():
    seen = evaluator(Reading("reads", 0.0), Shifted("does not", 0.1), conditions=("cluttered",))
    lost = broken(IndexError("no patch"))
    result = replace(seen, describe=lambda _: Description(np.ones(1, np.float32), lost)).shape("ball", ball())
    assert [failure["error"] for failure in result["failures"]] == ["IndexError: no patch"] * 4
    assert {failure["method"] for failure in result["failures"]} == {"reads"}
    assert result["samples"]["reads"]["cluttered"]["f_score"] == [0.0] * 4
    unfit = broken(PackError("pack p wants blocks that this ViT does not have"))
    with pytest.raises(PackError, match="wants blocks"):
        replace(seen, describe=lambda _: Description(np.ones(1, np.float32), unfit)).shape("ball", ball())


class Absurd(Shifted):
    """Answers with points that are nowhere."""

    def surface(self, answer):
        found = super().surface(answer)
        return Surface(found.points, found.normals * np.nan, lambda: found.occupied)


def test_a_value_that_is_no_number_is_a_failure():
    measured = measures(["normal_consistency"])
    result = evaluator(Absurd("absurd", 0.0), conditions=("plain",), measured=measured).shape("ball", ball())
    assert result["failures"][0]["error"] == "ValueError: normal_consistency is nan"
    assert result["samples"]["absurd"]["plain"]["normal_consistency"] == [0.0] * 4


def test_blind_methods_answer_once_and_equal_answers_are_built_once():
    seeing, blind = Shifted("seeing", 0.1), Shifted("blind", 0.1, sees=False)
    result = evaluator(seeing, blind).shape("ball", ball())
    assert list(result["samples"]["blind"]) == ["any"]
    assert len(result["samples"]["blind"]["any"]["view"]) == 1
    assert (seeing.built, blind.built) == (1, 1)


def test_every_metric_has_its_column_and_costly_ones_some_views_only():
    names = measures(METRICS, ["chamfer", "emd"])
    result = evaluator(Shifted("moved", 0.1), conditions=("cluttered",), measured=names)
    cell = result.shape("ball", ball(), closed=True)["samples"]["moved"]["cluttered"]
    assert list(cell) == ["view", *names]
    for name in names:
        missing = [value is None for value in cell[name]]
        taken = 1 if name.startswith("emd_all") else 2 if "emd" in name else 4
        assert missing == [False] * taken + [True] * (4 - taken)
    # The answer is the true ball moved by a tenth of its radius, but for its volume, which stays.
    assert 10 < cell["emd"][0] < 20  # the rest is that both are few samples
    assert cell["iou"] == pytest.approx([1] * 4, abs=0.01)
    assert cell["normal_consistency"][0] > 0.98
    assert cell["aligned_chamfer"][0] < 0.7 * cell["chamfer"][0]
    assert cell["aligned_emd"][0] < cell["emd"][0]


def test_a_failure_has_a_value_of_every_metric():
    names = measures(METRICS, ["chamfer", "emd"])
    result = evaluator(Failing("shaky", 0.0), conditions=("plain",), measured=names).shape("ball", ball())
    cell = result["samples"]["shaky"]["plain"]
    assert [cell[name][0] for name in ("emd", "aligned_emd", "chamfer_l1")] == pytest.approx(
        [100] * 3, rel=0.01
    )
    assert cell["aligned_chamfer"][0] == cell["chamfer"][0]
    for name in ("f_score_01", "f_score_02", "iou", "normal_consistency"):
        assert cell[name] == [0.0] * 4


def test_what_is_wrong_with_the_truth_is_no_failure_of_a_method(monkeypatch):
    def missing(*_):
        raise ModuleNotFoundError("No module named 'igl'", name="igl")

    monkeypatch.setattr(surface, "occupied", missing)
    with pytest.raises(ModuleNotFoundError, match="igl"):
        evaluator(Shifted("moved", 0.1), measured=measures(["iou"])).shape("ball", ball())
    result = evaluator(Shifted("moved", 0.1)).shape("ball", ball())
    assert result["failures"] == []


def test_a_truth_without_volume_is_told(monkeypatch, caplog):
    monkeypatch.setattr(surface, "occupied", lambda *_: np.zeros((CELLS,) * 3, bool))
    result = evaluator(Shifted("moved", 0.1), measured=measures(["iou"])).shape("ball", ball())
    assert "ball encloses no cell of the lattice, so that every IoU with it is 0" in caplog.text
    assert result["samples"]["moved"]["plain"]["iou"] == [0.0] * 4
