"""The benchmark of growth runs, knows an exponent when it sees one, and draws what it found."""

import json
import runpy
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from measuring.spread import Spread

from tests.tiny_pack import write_tiny_pack

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "growth.py"))


def test_the_exponent_of_a_power_is_its_exponent() -> None:
    sizes = [10, 20, 80]
    curve = BENCHMARK["Curve"]("squares", "side", sizes, [Spread.of([0.003 * size**2]) for size in sizes])
    assert curve.exponent == pytest.approx(2)


def test_it_measures_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot, report = tmp_path / "growth.svg", tmp_path / "figures.json"
    pack = write_tiny_pack(tmp_path / "pack")
    config = BENCHMARK["Config"](pack, resolutions=(32, 64), photos=(1, 2), repeats=1, plot=plot, json=report)
    BENCHMARK["main"](config)
    names = [curve["name"] for curve in json.loads(report.read_text())]
    assert names == ["surface", "clean-up", "checks", "GLB", "photo to GLB"]
    shown = capsys.readouterr().out
    assert "| surface | cells a side | 32 | 64 |" in shown and "median [least, most]" in shown
    lines = ElementTree.parse(plot).getroot().findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == len(names)
    assert all(len(line.attrib["points"].split()) == 2 for line in lines)
