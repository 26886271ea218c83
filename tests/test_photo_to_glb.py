"""The benchmark of the whole way from photo to GLB runs and reports what it measured."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tiny_pack import write_tiny_pack

pytest.importorskip("resource", reason="the benchmark needs POSIX")
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "photo_to_glb.py"


def test_measures_warm_and_cold_runs(tmp_path, capsys):
    photo = tmp_path / "photo.png"
    Image.fromarray(np.full((80, 120, 3), 90, np.uint8)).save(photo)
    benchmark = runpy.run_path(str(SCRIPT))
    pack, report = write_tiny_pack(tmp_path / "pack"), tmp_path / "figures.json"
    benchmark["main"](benchmark["Config"]((photo,), (pack,), resolution=64, repeats=1, json=report))
    figures = json.loads(report.read_text())
    stages = {"read", "describe", "look", "map", "planes", "surface", "clean", "encode"}
    assert set(figures["stages"]) == stages
    warm, cold, told = (figures[which]["wall"]["median"] for which in ("warm", "cold", "help"))
    assert 0 < warm <= cold and 0 < told < cold
    assert sum(each["median"] for each in figures["stages"].values()) == pytest.approx(warm, rel=0.5)
    # No upper end: a process counts as large as the one that started it, which here ran other tests before.
    assert figures["peak_memory"] > 0.05
    assert "| photo to GLB, warm, 64^3 |" in capsys.readouterr().out
