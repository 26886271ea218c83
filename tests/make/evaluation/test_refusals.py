"""The row of the pack where pictures that it does not take for its category count as failures."""

import json
from typing import Any

import numpy as np
import pytest

from latentmapper.make.evaluation import report
from latentmapper.make.evaluation.comparison import ALWAYS, measures
from latentmapper.make.evaluation.differences import Side, differences
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.refusals import REFUSING, with_refusals
from latentmapper.make.report.quantities import compared, main
from latentmapper.make.report.quantities import conditions as under_conditions
from tests.make.evaluation.fakes import CELLS, Failing, Shifted, ball
from tests.make.report.made import panel, results, shape, texts

RULES = Rules(points=500, viewpoints=8, views_per_shape=4, emd_points=100, emd_views=2, cells=CELLS)


def measured(
    *odds: float, kind: type[Shifted] = Shifted, conditions: Any = ("plain",), taken: tuple[str, ...] = ALWAYS
) -> dict[str, Any]:
    """Results of a ball, whose pictures have these log-odds that they show one."""
    told = iter(odds)

    def describe(_: object) -> Description:
        overview = np.array([logit := next(told)], np.float32)
        return Description(overview, overview, odds=lambda: logit)

    methods = [kind("pack", 0.1), Shifted("other", 0.2)]
    black = np.zeros((8, 8, 3), np.uint8)
    evaluator = Evaluator(RULES, conditions, methods, lambda *_: black, describe, taken)
    made = evaluator.shape("ball", ball())
    return {"id": "ball", "group": "ball", "origin": "mesh", "sha256": "0", **made}


def test_refused_pictures_score_as_failures_in_a_row_of_their_own():
    made, sure = with_refusals([measured(2.0, -1.0, 1.0, -0.2), measured(1.0, 1.0, 1.0, 1.0)])
    rows = {row.method: row for row in report.rows([made, sure])}
    assert list(rows) == ["pack", REFUSING, "other"]
    assert [rows[name].failed for name in rows] == [0, 2, 0]
    assert [row.samples for row in rows.values()] == [8, 8, 8]
    own, counted = (made["samples"][name]["plain"] for name in ("pack", REFUSING))
    assert counted["view"] == own["view"] and counted["chamfer"][::2] == own["chamfer"][::2]
    # All points of the unit sphere lie at 1 from the origin, and the origin at 1 from the nearest of them.
    assert counted["chamfer"][1::2] == pytest.approx([2000] * 2, rel=0.02) and own["chamfer"][1] < 100
    assert counted["f_score"][1::2] == [0.0, 0.0]
    assert [failure["error"] for failure in made["failures"]] == [
        "refused, with log-odds -1.0",
        "refused, with log-odds -0.2",
    ]
    assert sure["samples"][REFUSING] == sure["samples"]["pack"]


def test_without_a_refusal_and_without_what_a_failure_scores_there_is_no_such_row():
    sure, doubted = measured(1.0, 1.0, 1.0, 1.0), measured(-1.0, 1.0, 1.0, 1.0)
    assert with_refusals([sure]) == [sure] and "failure" not in sure
    earlier = {name: part for name, part in doubted.items() if name != "failure"}
    assert with_refusals([earlier, doubted]) == [earlier, doubted]
    two = measured(*[1.0] * 4, *[-1.0] * 4, conditions=("cluttered", "plain"))
    assert list(with_refusals([two])[0]["samples"][REFUSING]) == ["plain"]


def test_what_failed_anyway_is_counted_once():
    (made,) = with_refusals([measured(-1.0, -2.0, 1.0, 1.0, kind=Failing)])
    rows = {row.method: row for row in report.rows([made])}
    assert rows["pack"].failed == rows[REFUSING].failed == 2
    assert made["samples"][REFUSING] == made["samples"]["pack"]


def test_measures_that_are_not_taken_of_a_picture_are_not_taken_of_its_refusal():
    made = measured(1.0, -1.0, -1.0, 1.0, taken=measures(["emd", "emd_all"]))
    assert list(made["failure"]) == ["chamfer", "f_score", "emd"], "the first picture alone has all points"
    (counted,) = with_refusals([made])
    cell = counted["samples"][REFUSING]["plain"]
    assert cell["emd"][1] == pytest.approx(100, rel=0.01) and cell["emd"][2:] == [None, None]
    assert cell["emd_all"] == made["samples"]["pack"]["plain"]["emd_all"]


def test_reports_and_comparisons_read_the_row_again(tmp_path):
    told = shape("a", 1.0)
    told |= {"failure": {"chamfer": 99.0, "f_score": 0.0}}
    told["presence"]["cluttered"][0] = -1.0
    doubted = results(json.loads(json.dumps(with_refusals([told]))))
    found = panel(tmp_path, doubted, doubted)  # of one pack, measured in two ways
    again = tmp_path / "run-1"
    labels = ["pack-1", f"pack-1 ({again})", REFUSING, f"{REFUSING} ({again})"]
    assert [entry.label for entry in found.entries] == labels
    table = main(found, "mesh", "cluttered")
    assert [(row[0], row[-1]) for row in texts(table)] == list(zip(labels, "0011", strict=True))
    (hidden,) = under_conditions(found)
    assert [row[1:] for row in texts(hidden)][::2] == [
        ["3.00 (1.00 x)", "1.00 (0.33 x)"],
        ["27.00 (1.00 x)", ""],
    ]
    against = compared(found)
    assert against and [row[0] for row in texts(against)] == labels[1:2], "it is no rival of itself"
    own, counted = (Side("results.json", doubted, name) for name in ("pack", REFUSING))
    (chamfer, _) = differences(own, counted)
    assert (chamfer.condition, chamfer.difference) == ("cluttered", -24.0)
