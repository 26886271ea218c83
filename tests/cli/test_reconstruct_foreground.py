"""`latentmapper reconstruct --foreground ...` as a user runs it, with analytic packs."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.batch import Batch, Journal, Options
from latentmapper.cli.foreground import provider
from latentmapper.features.vit import BUNDLED_SHA256, ViT, bundled_path
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.pack import Pack
from latentmapper.reconstructor import Reconstructor

from ..photo.pictures import encoded, quarters
from ..photo.test_location import told_of
from ..tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tiny_pack(tmp_path_factory.mktemp("packs") / "car"))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two photos and a mask each, and a ViT that is loaded once for all tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ViT, "bundled", lambda threads: _vit())
    for number, name in enumerate(("taxi", "bus")):
        (tmp_path / f"{name}.jpg").write_bytes(encoded(quarters(300, 200), "JPEG"))
        mask = Image.new("L", (300, 200))
        mask.paste(255, (20 + 140 * number, 20, 120 + 140 * number, 90))
        mask.save(tmp_path / f"{name}-mask.png")
    return tmp_path


@cache
def _vit() -> ViT:
    return ViT(bundled_path(), BUNDLED_SHA256, threads=1)


@pytest.fixture
def run(pack: str):
    return lambda *arguments: cli.run(["reconstruct", *arguments, "--pack", pack, "--resolution", "64"])


def test_each_photo_gets_its_mask(run, capsys) -> None:
    masks = ("--mask", "taxi-mask.png", "--mask", "bus-mask.png")
    assert run("taxi.jpg", "bus.jpg", *masks, "--json") == 0
    value = json.loads(capsys.readouterr().out)
    told = [each["foreground"] for each in value["inputs"]]
    assert told == [{"provider": "file", "share": round(7000 / 60000, 4)}] * 2
    assert value["options"]["foreground"] == "file"
    taxi, bus = (each["nearest"] for each in value["inputs"])
    assert taxi != bus
    assert run("taxi.jpg", "bus.jpg", *masks) == 0
    assert capsys.readouterr().out.endswith("2 finished earlier\n")


def test_another_mask_or_provider_is_another_result(run, capsys, place: Path) -> None:
    assert run("taxi.jpg", "--mask", "taxi-mask.png") == 0
    assert "foreground " in capsys.readouterr().out
    assert run("taxi.jpg", "--mask", "bus-mask.png") == 0
    assert "finished earlier" not in capsys.readouterr().out
    assert run("taxi.jpg", "--mask", "bus-mask.png") == 0
    assert "finished earlier" in capsys.readouterr().out
    assert run("taxi.jpg", "--foreground", "none") == 0
    assert "finished earlier" not in capsys.readouterr().out


def test_objects_are_counted_from_the_largest(run, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pack, "locate", lambda self, tokens: told_of((4, 1, 11, 8), (5, 9, 10, 15)))
    assert run("taxi.jpg", "--foreground", "bundled", "--instance", "2", "--json") == 0
    (made,) = json.loads(capsys.readouterr().out)["inputs"]
    assert made["foreground"]["instance"] == 2 and len(made["foreground"]["candidates"]) == 2
    assert made["foreground"]["candidates"][0]["share"] > made["foreground"]["candidates"][1]["share"]
    assert run("taxi.jpg", "--foreground", "bundled", "--instance", "3") == 1
    wanted = "taxi.jpg: --instance 3, but of car only 2 are found by the pack's location head"
    assert capsys.readouterr().err == f"latentmapper reconstruct: {wanted}\n"


def test_no_object_is_refused_and_the_batch_goes_on(run, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pack, "locate", lambda self, tokens: told_of())
    assert run("taxi.jpg", "bus.jpg", "--foreground", "bundled", "--json") == 1
    value = json.loads(capsys.readouterr().out)
    assert value["summary"]["refused"] == 2
    assert value["inputs"][1]["message"] == (
        "bus.jpg: the pack's location head finds no car in it; --foreground none looks at the whole picture"
    )


@pytest.mark.parametrize(
    ("size", "box", "message"),
    [
        (
            (100, 100),
            (0, 0, 90, 90),
            "m.png: the mask has 100 x 100 pixels, but taxi.jpg 300 x 200; draw it on",
        ),
        ((300, 200), (0, 0, 0, 0), "m.png: the mask is empty; the object has to be white in it"),
        ((300, 200), (9, 9, 19, 19), "taxi.jpg: the object is smaller than 32 pixels; crop the photo around"),
    ],
)
def test_a_mask_of_no_use_is_exit_code_1(run, capsys, place: Path, size, box, message: str) -> None:
    mask = Image.new("L", size)
    mask.paste(255, box)
    mask.save(place / "m.png")
    assert run("taxi.jpg", "--mask", "m.png") == 1
    err = capsys.readouterr().err
    assert err.startswith(f"latentmapper reconstruct: {message}") and err.count("\n") == 1


def test_an_inverted_or_missing_mask_is_exit_code_1(run, capsys, place: Path) -> None:
    Image.fromarray(255 - np.asarray(Image.open(place / "taxi-mask.png"))).save(place / "m.png")
    assert run("taxi.jpg", "--mask", "m.png") == 1
    assert "m.png: the mask is inverted, as it seems; the object has to be" in capsys.readouterr().err
    assert run("taxi.jpg", "--mask", "gone.png") == 1
    assert capsys.readouterr().err == "latentmapper reconstruct: gone.png: no such file\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--foreground", "sam"],
            "--foreground sam: unknown; choose alpha, bundled, none, file, detr[:HUB ID",
        ),
        (["--foreground", "none:x"], "--foreground none:x: unknown; choose"),
        (["--foreground", "file"], "--foreground file needs --mask FILE, one for each photo"),
        (["--foreground", "none", "--mask", "m.png"], "--mask is for --foreground file, not none"),
        (["--mask", "a.png", "--mask", "b.png"], "--mask: 2 masks for 1 photo; give one for each"),
        (["--instance", "0"], "--instance 0: choose at least 1, the largest"),
        (["--mask", "m.png", "--instance", "2"], "--instance 2: --foreground file knows one object"),
        (["--instance", "2"], "--instance 2: --foreground alpha knows one object; bundled and detr tell"),
    ],
)
def test_wrong_usage_is_exit_code_2(run, capsys, flags: list[str], message: str) -> None:
    assert run("taxi.jpg", *flags) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"latentmapper reconstruct: {message}") and err.count("\n") == 1


def test_what_is_missing_is_exit_code_3(run, capsys, place: Path) -> None:
    assert run("taxi.jpg", "--foreground", "bundled") == 3
    assert "pack tiny-car cannot find the object in a photo; choose another" in capsys.readouterr().err
    pytest.importorskip("torch")
    (place / "empty").mkdir()
    assert run("taxi.jpg", "--foreground", "detr:empty") == 3
    assert "no DETR at empty, nor can it be fetched; download config.json and" in capsys.readouterr().err


def test_a_detr_of_a_folder_cuts_the_object_out(run, capsys, place: Path) -> None:
    pytest.importorskip("torch")
    from tests.make.models.test_detr import write_checkpoint

    write_checkpoint(place / "detr")
    # A random one is sure of nothing.
    assert run("taxi.jpg", "--foreground", "detr:detr") == 1
    assert "taxi.jpg: DETR finds no car in it; --foreground none looks at" in capsys.readouterr().err


def test_without_a_provider_results_of_before_still_count(pack: str, tmp_path: Path) -> None:
    """The key in the journal is the one from before there were providers, and products of int8."""
    alpha = provider("alpha", (), ())
    reconstructor = Reconstructor([pack], threads=1, foreground=alpha, precision="float32")
    before = {
        "category": "auto", "resolution": 128, "faces": None, "force": False, "format": "glb", "length": None,
        "up": "y", "preview": False,
    }  # fmt: skip
    batch = Batch(reconstructor, Options(), Journal(tmp_path))
    wanted = sha256_of_json([sha256_of_bytes(b"photo"), [reconstructor.packs["car"].hash], before])
    assert Options().to_json() == before and batch.key(b"photo", "a.jpg") == wanted
    assert Batch(reconstructor, Options(instance=2), Journal(tmp_path)).key(b"photo", "a.jpg") != wanted
