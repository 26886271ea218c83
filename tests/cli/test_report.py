"""`latentmapper report`, from a real evaluation to the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from latentmapper import observer
from latentmapper.cli import report, run
from latentmapper.features.clip.bundled import SHIPPED
from latentmapper.make.report import photographs
from latentmapper.photo.located import Located
from tests.half_found import left_half
from tests.make.evaluation.fakes import write_balls
from tests.make.report.made import results, shape
from tests.tiny_pack import write_tiny_pack
from tests.tiny_translator import write_tiny_translator


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "results.json").write_text(json.dumps(results([shape("a", 1.0)])))
    (tmp_path / "none").mkdir()
    (tmp_path / "text.json").write_text("[]")
    (tmp_path / "photos").mkdir()
    for name, grey in (("bright", 250), ("dark", 10)):
        Image.new("RGB", (96, 64), (grey, grey, grey)).save(tmp_path / "photos" / f"{name}.png")
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


@pytest.mark.parametrize("translated", [False, True])
def test_photographs_are_shown_with_what_became_of_them(place, monkeypatch, capsys, translated):
    pack = write_tiny_pack(place / "pack")
    monkeypatch.setattr(observer, "bundled_packs", lambda: [pack])
    monkeypatch.setattr(Located, "find", left_half)
    more = ["--translator", str(write_tiny_translator(place / "negative"))] if translated else []
    assert run(["report", "run", "-o", "page", "--photos", "photos", *more]) == 0
    assert capsys.readouterr().err == ""
    text = (place / "page" / "report.md").read_text()
    assert "## Real photographs" in text and text.count("| refused: nothing |") == 1
    pictures = sorted(path.name for path in (place / "page" / "pictures").glob("photograph-*"))
    stages = ["cut-out", "mesh", "photograph", *(["translated"] if translated else [])]
    assert pictures == [*(f"photograph-1-{stage}.jpg" for stage in stages), "photograph-2-photograph.jpg"]
    html = (place / "page" / "index.html").read_text()
    assert '<a href="#photographs">Real photographs</a>' in html
    assert html.count('alt="photos/bright.png: ') == len(stages)
    # A page without them keeps none of their pictures.
    assert run(["report", "run", "-o", "page"]) == 0
    assert not list((place / "page" / "pictures").glob("photograph-*"))
    assert "Real photographs" not in (place / "page" / "index.html").read_text()


def test_more_photographs_than_are_looked_at_are_refused(place, capsys, monkeypatch):
    monkeypatch.setattr(photographs, "MOST", 1)
    assert run(["report", "run", "--photos", "photos"]) == 2
    said = "--photos: 2 photographs; a report shows 1 at most, so choose some"
    assert capsys.readouterr().err == f"latentmapper report: {said}\n"
    assert not (place / "report").exists()


def test_pairs_tell_what_they_name(place):
    assert run(["report", "run", "--pairs", str(SHIPPED)]) == 0
    text = (place / "report" / "report.md").read_text()
    assert "## Pictures and words" in text and "| airplane tail | 9 |" in text


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
        ("run --translator t.onnx", 2, "--translator is for --photos: name photographs to translate"),
        ("run --photos photos nowhere.jpg", 1, "nowhere.jpg: no such file"),
        (
            "run --pairs none",
            3,
            "no contrastive pair in none; make one with: latentmapper train clip",
        ),
        ("run --photos none", 1, "none: no pictures in this folder"),
        (
            "run --photos photos --translator t.onnx",
            3,
            "no translator at t.onnx, or no t.json beside it; latentmapper train translator makes both",
        ),
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
