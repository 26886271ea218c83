"""`latentmapper report`, from a real evaluation to the page."""

import json
from pathlib import Path
from typing import Any

import pytest

from latentmapper.cli import report, run
from tests.make.evaluation.fakes import write_balls
from tests.make.report.made import results, shape
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "results.json").write_text(json.dumps(results([shape("a", 1.0)])))
    (tmp_path / "none").mkdir()
    (tmp_path / "text.json").write_text("[]")
    return tmp_path


def test_an_evaluation_becomes_a_page_with_pictures(place, capsys):
    write_balls(place / "store", {"a": "test", "b": "test", "c": "train"})
    write_tiny_pack(place / "pack")
    command = "evaluate pack store -o out --views-per-shape 1 --resolution 32 --conditions plain --floor"
    assert run([*command.split(), "--examples", "1", "--worst", "2"]) == 0
    kept = {path.name: path.stat().st_mtime_ns for path in (place / "out" / "cases").iterdir()}
    assert sorted(kept) == ["example-50.safetensors", "worst-01.safetensors", "worst-02.safetensors"]
    capsys.readouterr()
    assert run(["report", "out", "-o", "page"]) == 0
    assert (
        capsys.readouterr().out
        == f"page/index.html: {(place / 'page/index.html').stat().st_size / 1e6:.1f} MB\n"
    )
    text = (place / "page" / "index.html").read_text()
    assert text.count("data:image/jpeg") == 5 + 2 * 5 and "tiny-car" in text
    # The same pictures stay, and others take their place where the choice is another.
    assert run([*command.split(), "--examples", "1", "--worst", "1"]) == 0
    again = {path.name: path.stat().st_mtime_ns for path in (place / "out" / "cases").iterdir()}
    assert again["worst-01.safetensors"] == kept["worst-01.safetensors"]


def test_packs_are_looked_at_side_by_side(place, capsys):
    write_balls(place / "store", {"a": "test", "b": "test"})
    for name in ("one", "two"):
        write_tiny_pack(place / name)
    metadata = json.loads((place / "two" / "pack.json").read_text())
    (place / "two" / "pack.json").write_text(json.dumps(metadata | {"id": "other-car"}))
    options = "store --views-per-shape 1 --resolution 32 --examples 1 --worst 1 --conditions"
    assert run(["evaluate", "one", "-o", "ev-1", *options.split(), "plain"]) == 0
    assert (
        run(["evaluate", "two", "-o", "ev-2", *options.split(), "plain", "--cases", "ev-1/results.json"]) == 0
    )
    one, two = (_results(place / name)["cases"] for name in ("ev-1", "ev-2"))
    assert one == two != []
    chooser = {"id": "tiny-car", "hash": _results(place / "ev-1")["pack"]["hash"]}
    assert _results(place / "ev-2")["chooser"] == chooser and "chooser" not in _results(place / "ev-1")
    assert run(["report", "ev-1", "ev-2"]) == 0
    assert "| picture | tiny-car | other-car | truth |" in (place / "report" / "report.md").read_text()
    assert run(["report", "ev-2", "ev-1"]) == 0
    text = (place / "report" / "report.md").read_text()
    assert "even percentiles of the error of tiny-car" in text and "on which tiny-car is worst" in text
    assert (
        run(["evaluate", "two", "-o", "ev-4", *options.split(), "plain", "--cases", "ev-2/results.json"]) == 0
    )
    assert _results(place / "ev-4")["chooser"] == chooser
    capsys.readouterr()
    others = [*options.split(), "cluttered", "--cases", "ev-1/results.json"]
    assert run(["evaluate", "two", "-o", "ev-3", *others]) == 2
    assert (
        "--cases: ev-1/results.json is of pictures that this evaluation does not take"
        in capsys.readouterr().err
    )


def _results(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "results.json").read_text())


def test_a_large_page_is_told(place, capsys, monkeypatch):
    monkeypatch.setattr(report, "LARGE", 1000)
    assert run(["report", "run"]) == 0
    assert "warning: report/index.html is larger than 0 MB; keep fewer cases" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("", 2, "name at least one folder of latentmapper evaluate"),
        ("run run", 2, "run is named twice"),
        ("nowhere", 3, "nowhere does not exist; make it with: latentmapper evaluate"),
        ("none", 3, "none/results.json does not exist; make it with: latentmapper evaluate"),
        ("text.json", 2, "text.json is no results.json of latentmapper evaluate"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(place, capsys, arguments, code, message):
    assert run(["report", *arguments.split()]) == code
    error = capsys.readouterr().err
    assert error == f"latentmapper report: {message}\n"


def test_without_jinja_the_extra_is_named(place, capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert run(["report", "run"]) == 3
    error = capsys.readouterr().err
    fix = 'install it with: pip install "latentmapper[train]"'
    assert error == f"latentmapper report: jinja2 is not installed; {fix}\n"
