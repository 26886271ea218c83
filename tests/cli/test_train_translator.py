"""`latentmapper train translator`, from photos and views to a translator."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.photo.translation import Translator
from tests.make.tiny_photos import write_tiny_photos
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views

TINY = "--steps 2 --batch 2 --shape.side 32 --shape.width 2 --shape.blocks 1 --shape.critic-width 2"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    write_tiny_photos(tmp_path / "photos")
    write_tiny_views(tmp_path / "views", write_tiny_store(tmp_path / "store"))
    # A path that still holds when TensorBoard, in a thread of its own, writes after the test.
    return ["train", "translator", "photos", "views", "-o", str(tmp_path / "run")]


def test_a_translator_is_trained_and_told_of(command: list[str], capsys) -> None:
    assert run([*command, "--recipe", "cyclegan-paper", *TINY.split()]) == 0
    renders = json.loads(Path("run/pictures.json").read_text())["renders"]
    told = f"translator.onnx: learned from 5 photos (1 skipped) and {renders} renders\n"
    assert capsys.readouterr().out.endswith(told)
    assert Translator(Path("run/translator.onnx")).side == 32
    assert json.loads(Path("run/recipe.json").read_text())["epochs"] == 500


def test_the_first_recipe_is_what_nobody_names(command: list[str]) -> None:
    assert run([*command, *TINY.split()]) == 0
    assert json.loads(Path("run/recipe.json").read_text())["epochs"] == 0


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--recipe pix2pix", 2, "--recipe pix2pix: unknown; choose cyclegan-small, cyclegan-paper"),
        ("--shape.side 30", 2, "--shape.side must be a multiple of 4, at least 32, not 30"),
        ("--batch 0", 2, "--batch and --save-every must be at least 1"),
        ("--falling 2", 2, "--falling must be a share from 0 to 1, not 2.0"),
    ],
)
def test_wrong_options_are_one_line(
    command: list[str], capsys, options: str, code: int, message: str
) -> None:
    assert run([*command, *options.split()]) == code
    assert message in capsys.readouterr().err
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("photos", "views", "code", "message"),
    [
        ("nowhere", "views", 2, "nowhere is not a folder of photos"),
        ("photos", "store", 1, "store holds no views; make them with: latentmapper data render"),
        ("views", "views", 1, "no readable photo in views"),
    ],
)
def test_wrong_places_are_one_line(command, capsys, photos: str, views: str, code: int, message: str) -> None:
    assert run([*command[:2], photos, views, *command[4:], *TINY.split()]) == code
    assert message in capsys.readouterr().err
