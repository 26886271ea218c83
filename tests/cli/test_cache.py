"""`latentmapper cache show|clear`."""

import json
from pathlib import Path

import pytest

from latentmapper.cli import run, text

NAME = "0123456789abcdef01234567.trunk.onnx"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    (tmp_path / "vit").mkdir()
    (tmp_path / "vit" / NAME).write_bytes(bytes(2_000_000))
    return tmp_path


def test_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "show"]) == 0
    assert capsys.readouterr().out == f"     2 MB  vit/{NAME}\n     2 MB  in {folder}\n"


def test_show_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["folder"] == str(folder)
    assert shown["size"] == 2_000_000
    assert [entry["name"] for entry in shown["entries"]] == [f"vit/{NAME}"]


def test_clear(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"freed 2 MB in {folder}\n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (97_447_603, "97 MB"), (2_500_000_000, "2.5 GB")],
)
def test_sizes_for_people(count: int, shown: str) -> None:
    assert text.size(count) == shown
