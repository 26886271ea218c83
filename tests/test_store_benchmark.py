"""The benchmark of stores reads what it wrote, tells what it measured, and draws it."""

import json
import runpy
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

pytest.importorskip("torch")

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "store.py"))


def test_it_measures_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where this process runs, the peak of memory is that of all tests before: only the figures' names count.
    monkeypatch.setitem(BENCHMARK["measured"].__globals__, "read_apart", BENCHMARK["read_store"])
    plot, report = tmp_path / "store.svg", tmp_path / "figures.json"
    BENCHMARK["main"](BENCHMARK["Config"]((20, 40), samples=50, repeats=2, plot=plot, json=report))
    curves = {curve["name"]: curve for curve in json.loads(report.read_text())}
    assert [*curves] == ["store", "write", *BENCHMARK["READ"]]
    assert curves["store"]["exponent"] == pytest.approx(1, abs=0.1)
    shown = capsys.readouterr().out
    assert (
        "| shapes | store, MB | write, s | open, s | first epoch, s | batch, s | memory once open, MB |"
        in shown
    )
    assert "| 20 |" in shown and "| 40 |" in shown and "| grows with the power | " in shown
    lines = ElementTree.parse(plot).getroot().findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 4 and all(len(line.attrib["points"].split()) == 2 for line in lines)
