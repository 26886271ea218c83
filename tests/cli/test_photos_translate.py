"""`latentmapper photos translate` as a user runs it, with a translator that gives negatives."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper import cli
from tests.photo.pictures import encoded, quarters
from tests.tiny_translator import write_tiny_translator


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two photos, one of them cut out, and a translator."""
    monkeypatch.chdir(tmp_path)
    write_tiny_translator(tmp_path / "negative")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(encoded(quarters(64, 64)))
    cut = Image.new("RGBA", (80, 60), (255, 255, 0, 0))
    cut.paste((255, 255, 0, 255), (10, 10, 60, 50))
    cut.save(tmp_path / "photos" / "b.png")
    return tmp_path


def run(*arguments: str) -> int:
    return cli.run(["photos", "translate", "photos", "--translator", "negative/translator.onnx", *arguments])


def test_a_folder_is_translated_and_what_is_finished_is_skipped(place: Path, capsys) -> None:
    assert run("-o", "out") == 0
    assert capsys.readouterr().out == "out: 2 made\n"
    with Image.open(place / "out" / "a.png") as made:
        quartered = np.asarray(made)
    assert quartered.shape == (32, 32, 3)
    for place_, colour in (((8, 8), (0, 255, 255)), ((8, 24), (255, 0, 255)), ((24, 24), (0, 0, 0))):
        assert np.abs(quartered[place_].astype(int) - colour).max() <= 1
    with Image.open(place / "out" / "b.png") as made:
        cut = np.asarray(made).astype(int)
    assert np.abs(cut[16, 16] - (0, 0, 255)).max() <= 1 and np.abs(cut[0, 0] - 127).max() <= 1
    assert run("-o", "out") == 0
    assert capsys.readouterr().out == "out: 2 finished earlier\n"


def test_another_translator_makes_everything_anew(place: Path, capsys) -> None:
    assert run() == 0
    write_tiny_translator(place / "negative", operation="Identity")
    assert run() == 0
    assert capsys.readouterr().out == "translated: 2 made\n" * 2


def test_the_run_goes_on_past_bad_photos_and_is_exit_code_1(place: Path, capsys) -> None:
    (place / "photos" / "0.jpg").write_text("no picture")
    assert run() == 1
    out, err = capsys.readouterr()
    assert out == "translated: 2 made, 1 failed\n"
    assert "failed: photos/0.jpg: not an image that can be read" in err.replace("\\", "/")


def test_wrong_usage_is_exit_code_2(capsys) -> None:
    assert run("-o", "photos") == 2
    message = "-o photos lies among the photos; choose a folder outside photos"
    assert capsys.readouterr().err == f"latentmapper photos translate: {message}\n"


def test_no_translator_is_exit_code_3(capsys) -> None:
    assert cli.run(["photos", "translate", "photos", "--translator", "gone.onnx"]) == 3
    missing = (
        "no translator at gone.onnx, or no gone.json beside it; latentmapper train translator makes both"
    )
    assert capsys.readouterr().err == f"latentmapper photos translate: {missing}\n"
