"""Error over azimuth as a drawing."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from latentmapper.make.evaluation.azimuths import Curve
from latentmapper.make.report.blocks import Chart, Table
from latentmapper.make.report.curve import BOTTOM, HEIGHT, SIZE, TOP, azimuths, draw
from tests.make.report.made import LONG, legible, panel, results, shape, texts


def curve(errors: list[float]) -> Curve:
    places = [360.0 * i / len(errors) for i in range(len(errors))]
    return Curve("mesh", "plain", "pack", places, errors, [1] * len(errors), [], None)


def points(svg: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'points="([^"]*)"', svg)
    return [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in lines]  # type: ignore[misc]


def test_points_stand_where_azimuth_and_error_put_them():
    (line,) = points(draw([("a", curve([0.0, 4.0, 2.0, 1.0]))], "title"))
    first, last = line[0], line.pop()
    assert last[1] == first[1] and last[0] > line[-1][0]  # the circle closes
    across, down = zip(*line, strict=True)
    steps = [b - a for a, b in pairwise(across)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)
    floor, top = HEIGHT - BOTTOM, TOP
    assert down == pytest.approx([floor, top, (floor + top) / 2, floor - (floor - top) / 4], abs=0.1)


def test_it_marks_the_papers_nine_yaws_and_is_sound_with_any_name():
    names = [f"<script>{i}</script>&\"'" for i in range(11)]
    svg = draw([(name, curve([1.0, 2.0])) for name in names], "a & b")
    root = ElementTree.fromstring(svg)
    marks = [element for element in root.iter() if element.get("class") == "yaw"]
    assert len(marks) == 9
    assert all(name in "".join(root.itertext()) for name in names)
    assert "<script>" not in svg
    lowest = max(float(e.get("y", 0)) for e in root.iter() if e.tag.endswith("text"))
    assert lowest < float(root.get("viewBox", "").split()[3])


def test_a_panel_has_a_drawing_and_its_ratios(tmp_path):
    chart, table = azimuths(panel(tmp_path, results([shape("a", 1.0, AtlasNet=2.0, mean_shape=5.0)])))
    assert isinstance(chart, Chart) and isinstance(table, Table)
    assert len(points(chart.svg)) == 2
    one = "1.00 [1.00, 1.00]"
    # The four views of the fixture are all at the lowest of the elevations.
    assert list(table.titles)[3:] == ["elevation -5", "elevation 15", "elevation 35"]
    assert texts(table) == [["pack-1", one, "", "3.00", "", ""], ["AtlasNet", one, "", "4.00", "", ""]]
    assert chart.name.endswith(".svg") and "/" not in chart.name


@pytest.mark.parametrize(
    ("largest", "top"), [(0.0, "1e-06"), (3.0, "4"), (17.0, "20"), (60.0, "60"), (61.0, "80")]
)
def test_the_scale_ends_at_a_round_number(largest, top):
    svg = draw([("a", curve([0.0, largest]))], "t")
    assert f">{top}</text>" in svg


@pytest.mark.parametrize("names", [*([name] * 4 for name in LONG), LONG, ["a"], [*"abcdefghijk"]])
def test_names_in_the_legend_are_legible_however_long_they_are(names):
    svg = draw([(name, curve([1.0, 2.0])) for name in names], "title")
    assert legible(svg, SIZE)
    told = "".join("".join(ElementTree.fromstring(svg).itertext()).split())
    assert all("".join(name.split()) in told for name in names)


def test_short_names_share_a_line_of_the_legend():
    one, three, four = (draw([("a", curve([1.0, 2.0]))] * count, "t") for count in (1, 3, 4))
    heights = [ElementTree.fromstring(svg).attrib["viewBox"] for svg in (one, three, four)]
    assert heights[0] == heights[1] != heights[2]
