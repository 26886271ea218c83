"""How the peers were trained, and the drawings of errors."""

import re
from xml.etree import ElementTree

import pytest

from latentmapper.make.evaluation.statistics import Summary
from latentmapper.make.report import learning, spread
from latentmapper.make.report.blocks import Chart, Table
from latentmapper.make.report.gaps import gaps
from latentmapper.make.report.trained import training
from tests.make.report.made import panel, results, shape, texts

AUTO = {"stage": "auto-encoder", "steps": 100, "hours": 1.5, "curve": [[50, 1.0], [100, 0.1]]}
JOINT = {"stage": "joint", "steps": 40, "hours": 0.25, "curve": [[20, 3.0], [40, 2.0]]}


def baseline(name: str, stages: list, yaws: list[float]) -> dict:
    told = {"shapes": 1200, "pictures": 24000, "yaws": yaws, "stages": stages}
    return {"name": name, "recipe": "atlasnet-25-small", "stage": "joint", "sha256": "0", "training": told}


def test_hours_steps_and_data_stand_beside_the_packs(tmp_path):
    whole, part = baseline("whole", [AUTO, JOINT], []), baseline("part", [AUTO], [0.0, 30.0])
    untold = baseline("old", [AUTO | {"hours": None}, JOINT], [])
    report = results([shape("a", 1.0)], baselines=[whole, part, untold])
    report["pack"]["hours"] = 2.0
    table, *charts = training(panel(tmp_path, report))
    assert isinstance(table, Table)
    assert texts(table) == [
        ["pack-1", "2.0", "", "", "", ""],
        ["whole", "1.8", "auto-encoder 100, joint 40", "1,200", "24,000", "from everywhere"],
        ["part", "1.5", "auto-encoder 100", "1,200", "24,000", "2 fixed yaws"],
        ["old", "not told", "auto-encoder 100, joint 40", "1,200", "24,000", "from everywhere"],
    ]
    # The curves of the part are among those of the whole.
    assert all(isinstance(chart, Chart) for chart in charts)
    assert ["whole" in chart.svg for chart in charts if isinstance(chart, Chart)] == [True, False]
    assert training(panel(tmp_path, results([shape("a", 1.0)]))) == []
    table = training(panel(tmp_path, report, report))[0]
    assert [row[0] for row in texts(table)[:2]] == ["pack-1", f"pack-1 ({tmp_path / 'run-1'})"]


def test_other_weights_of_one_name_are_told_apart(tmp_path):
    long, brief = (results([shape("a", 1.0)], baselines=[baseline("net", s, [])]) for s in ([AUTO], [JOINT]))
    brief["baselines"][0]["sha256"] = "1"
    for report in (long, brief):
        report["pack"]["hours"] = 1.0
    found = panel(tmp_path, long, brief, long)
    name = f"net ({tmp_path / 'run-1'})"
    rows = [row for row in texts(training(found)[0]) if row[0].startswith("net")]
    assert [row[:2] for row in rows] == [["net", "1.5"], [name, "0.2"]]
    less = f"Trained for less time than pack-1, so not beaten yet: {name}."
    assert less in [text.text for text in gaps(found)]


def test_peers_that_had_less_time_are_named(tmp_path):
    peers = [baseline(name, stages, []) for name, stages in (("whole", [AUTO, JOINT]), ("part", [AUTO]))]
    peers.append(baseline("old", [AUTO | {"hours": None}], []))
    report = results([shape("a", 1.0)], baselines=peers)

    def brief() -> list[str]:
        return [text.text for text in gaps(panel(tmp_path, report)) if "less time" in text.text]

    unknown = "Whether they had less time than pack-1 is not known, since {} hours are not recorded: {}."
    assert brief() == [unknown.format("the pack's", "whole, part and old")]
    report["pack"]["hours"] = 1.7
    less = "Trained for less time than pack-1, so not beaten yet: part."
    assert brief() == [less, unknown.format("their", "old")]
    report["baselines"] = [
        *peers[:2],
        {"name": "early", "recipe": "imnet-small"},
    ]  # as first results had them
    assert brief() == [less, unknown.format("their", "early")]
    report["baselines"] = peers[:2]
    assert brief() == [less]


def test_each_stage_falls_on_its_own_scale():
    svg = learning.draw("<net>", [AUTO, JOINT], "a & b")
    root = ElementTree.fromstring(svg)
    assert "<net>" in "".join(root.itertext()) and "auto-encoder: 1 to 0.1" in "".join(root.itertext())
    lines = [
        [tuple(map(float, p.split(","))) for p in line.split()]
        for line in re.findall('points="([^"]*)"', svg)
    ]
    for line in lines:
        assert line[0][0] < line[1][0] <= learning.WIDTH and line[0][1] < line[1][1]
    assert lines[0][0][1] == lines[1][0][1] and lines[0][1][0] < lines[1][0][0]


def test_dots_stand_at_the_means_and_nothing_leaves_the_drawing():
    rows = [("ours", Summary(10.0, 8.0, 12.0, 9.0, 20.0)), ("a<b", Summary(30.0, 20.0, 90.0, 25.0, 40.0))]
    svg = spread.draw(rows, "errors")
    root = ElementTree.fromstring(svg)
    dots = [float(e.get("cx", "")) for e in root.iter() if e.tag.endswith("circle")]
    wide = spread.WIDTH - spread.LEFT - spread.RIGHT
    assert dots == pytest.approx([spread.LEFT + wide / 10, spread.LEFT + 3 * wide / 10])  # of 100
    ends = [float(x) for x in re.findall(r"H([\d.]+)", svg)]
    assert max(ends) <= spread.WIDTH - spread.RIGHT
    assert "a<b" in "".join(root.itertext())
