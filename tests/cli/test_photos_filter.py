"""`latentmapper photos filter` as a user runs it."""

import csv
from pathlib import Path

import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.make import clip
from tests.batch.colours import ColourClip


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with photos, nine red and one blue, and a pair that knows colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(clip, "load_clip", lambda spec: ColourClip())
    (tmp_path / "photos").mkdir()
    for number in range(9):
        Image.new("RGB", (40, 40), (230 + number, 0, 0)).save(tmp_path / "photos" / f"{number}.png")
    Image.new("RGB", (40, 40), (0, 0, 255)).save(tmp_path / "photos" / "blue.png")
    return tmp_path


def run(*arguments: str) -> int:
    return cli.run(["photos", "filter", "photos", "--category", "car", *arguments])


def test_a_folder_is_filtered(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-o", "out", "--copy") == 0
    out, err = capsys.readouterr()
    assert out.startswith("9 kept, 1 dropped, 0 unreadable (above ") and "10 copies made in out" in err
    assert out.splitlines()[1] == f"{Path('out/distances.csv')}, {Path('out/sheet.html')}"
    with (place / "out" / "distances.csv").open(newline="") as file:
        dropped = [row["file"] for row in csv.DictReader(file) if row["verdict"] == "dropped"]
    assert dropped == [str(Path("photos/blue.png"))]
    assert [path.name for path in (place / "out" / "dropped").iterdir()] == ["blue.png"]
    assert run("-o", "out", "--copy") == 0
    assert "0 copies made" in capsys.readouterr().err


def test_a_bad_picture_is_listed_and_is_exit_code_1(place: Path, capsys) -> None:
    (place / "photos" / "bad.jpg").write_text("no picture")
    assert run() == 1
    out, err = capsys.readouterr()
    assert out.startswith("9 kept, 1 dropped, 1 unreadable") and (place / "filtered" / "sheet.html").is_file()
    assert "unreadable: photos/bad.jpg: not an image that can be read" in err.replace("\\", "/")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sigma", "nan"], "--sigma must be a finite number, not nan"),
        (["--link", "--copy"], "--link and --copy exclude each other"),
        (["--category", " "], "--category needs a word, such as car"),
        (["-o", "own/distances.csv"], "distances.csv is a file, and the results need a folder"),
        (["-o", "photos/out"], "lies among the photos; choose a folder outside photos"),
        (["-o", "own"], "was not made by this command; choose another folder"),
    ],
)
def test_wrong_usage_is_exit_code_2(place: Path, capsys, arguments: list[str], message: str) -> None:
    (place / "own").mkdir()
    (place / "own" / "distances.csv").write_text("my,table\n")
    assert run(*arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("latentmapper photos filter: ") and message in err and err.count("\n") == 1
    assert (place / "own" / "distances.csv").read_text() == "my,table\n"


def test_no_folder_is_exit_code_2(capsys) -> None:
    assert cli.run(["photos", "filter", "nowhere", "--category", "car"]) == 2
    assert capsys.readouterr().err == "latentmapper photos filter: nowhere is not a folder\n"


def test_no_pair_is_exit_code_3(place: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(place)
    assert run("--clip", "bundled:nowhere") == 3
    assert "no contrastive pair in nowhere; make one with: latentmapper train clip" in capsys.readouterr().err


def test_the_pair_is_asked_about_all_74_sentences(place: Path, monkeypatch) -> None:
    asked: list[str] = []

    class Listening(ColourClip):
        def texts(self, texts):
            asked.extend(texts)
            return super().texts(texts)

    monkeypatch.setattr(clip, "load_clip", lambda spec: Listening())
    assert run() == 0
    assert len(asked) == 74 and "itap of my car" in asked
