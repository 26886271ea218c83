"""The benchmark of a folder of photos runs and reports what it measured."""

import json
import runpy
from pathlib import Path

import pytest

from tests.tiny_pack import write_tiny_pack

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "folder.py"))
pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells memory")


def test_it_measures_single_calls_and_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--pack", str(write_tiny_pack(tmp_path / "pack")), "--resolution", "64", "--force")
    report = tmp_path / "figures.json"
    config = BENCHMARK["Config"](photos=2, single=1, workers=(1,), options=options, json=report)
    BENCHMARK["main"](config)
    rows = json.loads(report.read_text())
    assert [row["photos"] for row in rows] == [1, 2, 8]
    assert all(0.05 < row["peak_gb"] < 3 for row in rows)
    assert all(0 < row["per_minute"]["least"] <= row["per_minute"]["most"] for row in rows)
    assert "| the folder, 1 at a time | 8 |" in capsys.readouterr().out


def test_what_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no pack at"):
        BENCHMARK["run"]("reconstruct", str(BENCHMARK["EXAMPLES"][0]), "--pack", str(tmp_path))
