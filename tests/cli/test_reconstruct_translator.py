"""`latentmapper reconstruct --translator` and `--recipe real-paper` as a user runs them."""

import json
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.features.vit import BUNDLED_SHA256, ViT, bundled_path
from latentmapper.photo.translation import Translator

from ..photo.pictures import encoded, quarters
from ..tiny_pack import write_tiny_pack
from ..tiny_translator import write_tiny_translator

NEGATIVE = ("--translator", "negative/translator.onnx")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tiny_pack(tmp_path_factory.mktemp("packs") / "car"))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a photo, its mask and a translator, and a ViT that is loaded once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ViT, "bundled", lambda threads: _vit())
    (tmp_path / "taxi.jpg").write_bytes(encoded(quarters(300, 200), "JPEG"))
    mask = Image.new("L", (300, 200))
    mask.paste(255, (20, 20, 120, 90))
    mask.save(tmp_path / "mask.png")
    write_tiny_translator(tmp_path / "negative")
    return tmp_path


@cache
def _vit() -> ViT:
    return ViT(bundled_path(), BUNDLED_SHA256, threads=1)


@pytest.fixture
def run(pack: str):
    return lambda *flags: cli.run(["reconstruct", "taxi.jpg", "--pack", pack, "--resolution", "64", *flags])


def test_a_photo_is_translated_and_the_result_says_by_what(run, capsys, place: Path) -> None:
    assert run(*NEGATIVE, "--json") == 0
    (made,) = json.loads(capsys.readouterr().out)["inputs"]
    assert made["translator_sha256"] == Translator(place / NEGATIVE[1]).sha256
    assert "translate" in made["timings"]


def test_results_are_made_anew_when_the_translator_changes(run, capsys, place: Path) -> None:
    for flags in ((), NEGATIVE):
        assert run(*flags) == 0
        assert "finished earlier" not in capsys.readouterr().out
        assert run(*flags) == 0
        assert "finished earlier" in capsys.readouterr().out
    write_tiny_translator(place / "negative", operation="Identity")
    assert run(*NEGATIVE) == 0
    shown = capsys.readouterr().out
    assert "finished earlier" not in shown and "translate " in shown


def test_the_papers_chain_cuts_out_and_translates(run, capsys) -> None:
    assert run("--recipe", "real-paper", *NEGATIVE, "--mask", "mask.png", "--json") == 0
    value = json.loads(capsys.readouterr().out)
    assert value["options"]["foreground"] == "file"
    assert {"foreground", "translator_sha256"} <= set(value["inputs"][0])


def test_the_papers_chain_takes_detr_unless_told_otherwise(run, capsys, monkeypatch, place: Path) -> None:
    pytest.importorskip("torch")
    from latentmapper.make.models import detr

    (place / "empty").mkdir()
    monkeypatch.setattr(detr, "DEFAULT", "empty")
    assert run("--recipe", "real-paper", *NEGATIVE) == 3
    assert "no DETR at empty, nor can it be fetched; download config.json and" in capsys.readouterr().err


def test_the_papers_chain_needs_a_translator(run, capsys) -> None:
    assert run("--recipe", "real-paper") == 3
    needed = "--recipe real-paper needs --translator FILE; make one with: latentmapper train translator"
    assert capsys.readouterr().err == f"latentmapper reconstruct: {needed}\n"


def test_a_translator_that_is_not_there_is_exit_code_3(run, capsys) -> None:
    assert run("--translator", "gone.onnx") == 3
    missing = (
        "no translator at gone.onnx, or no gone.json beside it; latentmapper train translator makes both"
    )
    assert capsys.readouterr().err == f"latentmapper reconstruct: {missing}\n"


def test_an_unknown_recipe_is_exit_code_2(run, capsys) -> None:
    assert run("--recipe", "real") == 2
    assert capsys.readouterr().err == "latentmapper reconstruct: --recipe real: unknown; choose real-paper\n"
