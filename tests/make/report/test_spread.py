"""Errors of methods as a drawing."""

import re
from xml.etree import ElementTree

import pytest

from latentmapper.make.evaluation.statistics import Summary
from latentmapper.make.report.spread import LEFT, RIGHT, SIZE, WIDTH, draw
from tests.make.report.made import LONG, legible


def places(svg: str) -> list[tuple[float, ...]]:
    """Of each line: median, 90th percentile, both ends of the interval, mean; 0 to 1 of the width."""
    ticks = re.findall(r'd="M([\d.]+) [\d.]+v10M([\d.]+) [\d.]+v10"', svg)
    bars = re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)"', svg)
    dots = re.findall(r'cx="([\d.]+)"', svg)
    lines = [(*tick, *bar, dot) for tick, bar, dot in zip(ticks, bars, dots, strict=True)]
    return [tuple((float(x) - LEFT) / (WIDTH - LEFT - RIGHT) for x in line) for line in lines]


def test_each_number_stands_where_its_size_puts_it():
    summary = Summary(mean=4.0, low=3.0, high=5.0, median=2.0, ninetieth=10.0)
    (line,) = places(draw([("a", summary)], "title"))
    assert line == pytest.approx((0.2, 1.0, 0.3, 0.5, 0.4), abs=1e-3)


def test_a_mean_beyond_nine_tenths_of_the_samples_has_its_place_too():
    """A few failures, each as far as can be, draw the mean out of what nearly all samples reach."""
    summary = Summary(mean=50.0, low=10.0, high=100.0, median=2.0, ninetieth=8.0)
    (line,) = places(draw([("a", summary)], "title"))
    assert line == pytest.approx((0.02, 0.08, 0.1, 1.0, 0.5), abs=1e-3)


def test_names_stay_text():
    name = "<script>&\"'"
    svg = draw([(name, Summary(1.0, 1.0, 1.0, 1.0, 1.0))], "a & b")
    assert name in "".join(ElementTree.fromstring(svg).itertext()) and "<script>" not in svg


@pytest.mark.parametrize("names", [*([name] * 3 for name in LONG), LONG])
def test_names_are_legible_however_long_they_are(names):
    svg = draw([(name, Summary(1.0, 0.5, 1.5, 1.0, 2.0)) for name in names], "title")
    assert legible(svg, SIZE)
    told = "".join("".join(ElementTree.fromstring(svg).itertext()).split())
    assert all("".join(name.split()) in told for name in names)
    dots = [float(y) for y in re.findall(r'cy="([\d.]+)"', svg)]
    assert len(dots) == len(names) and dots == sorted(dots)
