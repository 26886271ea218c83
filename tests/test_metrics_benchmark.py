"""The benchmark of metrics times every one of them, and prints values that are right."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "metrics.py"))


def test_it_measures_every_metric(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "figures.json"
    BENCHMARK["main"](BENCHMARK["Config"](points=300, emd_points=100, repeats=1, json=report))
    figures = {each["measure"]: each for each in json.loads(report.read_text())}
    assert tuple(figures) == BENCHMARK["MEASURES"]
    assert all(each["seconds"]["wall"]["median"] > 0 for each in figures.values())
    # A tenth longer than the other, and aligned by scale: what is left is small, and overlaps are large.
    values = {name: each["value"] for name, each in figures.items()}
    assert np.isfinite([*values.values()]).all() and values["aligned_chamfer"] < values["chamfer"]
    assert 0.6 < values["iou"] < 1
    assert "| chamfer |" in capsys.readouterr().out
