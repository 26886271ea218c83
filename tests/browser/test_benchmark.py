"""benchmarks/page.py measures and reports; what it measures is not judged here."""

import json
import subprocess
import sys
from pathlib import Path

from ..editing.axes_pack import write_axes_pack, write_exact_sliders
from .conftest import ROOT


def test_the_benchmark_of_the_page_reports(chromium: str, tmp_path: Path) -> None:
    pack = write_axes_pack(tmp_path / "pack")
    write_exact_sliders(pack)
    options = [
        "--pack",
        str(pack),
        "--repeats",
        "2",
        "--seconds",
        "0.2",
        "--photos",
        "1",
        "--chromium",
        chromium,
    ]
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "page.py"),
        *options,
        "--json",
        str(tmp_path / "told.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "| updates while dragging |" in done.stdout and "| total |" in done.stdout
    told = json.loads((tmp_path / "told.json").read_text())
    assert len(told["moves"]) == 2 and told["errors"] == []
    for move in told["moves"]:
        assert 0 < move["server"] < move["total"] and move["page"] > 0
