"""benchmarks/page.py measures and reports; what it measures is not judged here."""

import json
import subprocess
import sys
from pathlib import Path

from .conftest import ROOT


def test_the_benchmark_of_the_page_reports(chromium: str, address: str, tmp_path: Path) -> None:
    options = [
        "--repeats",
        "2",
        "--seconds",
        "0.2",
        "--photos",
        "1",
        "--chromium",
        chromium,
        "--url",
        address,
    ]
    told = tmp_path / "told.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "page.py"), *options, "--json", str(told)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "| updates while dragging |" in done.stdout and "| total |" in done.stdout
    figures = json.loads(told.read_text())
    assert len(figures["moves"]) == 2 and figures["errors"] == []
    for move in figures["moves"]:
        assert 0 < move["server"] < move["total"] and move["page"] > 0
