"""The benchmark of the field's network holds ways against each other that compute the same."""

import json
import runpy
from pathlib import Path

import pytest

from tests.tiny_pack import write_tiny_pack

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "field_int8.py"))


def test_all_ways_but_int8_give_the_same_surface(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, pack = tmp_path / "figures.json", write_tiny_pack(tmp_path / "pack")
    BENCHMARK["main"](BENCHMARK["Config"](pack, points=3000, repeats=1, json=report))
    rows = {row["way"]: row for row in json.loads(report.read_text())}
    assert len(rows) == 4 and all(row["milliseconds"]["median"] > 0 for row in rows.values())
    moved = {way: row["moved"][1] for way, row in rows.items()}
    rounded = moved.pop("ONNX Runtime, int8 products")
    assert 10 * max(moved.values()) < rounded
    assert "voxels of 128^3" in capsys.readouterr().out
