"""`latentmapper train shape` takes a model by name, and `fit` the defaults of the model it finds."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.cli.recipes import named
from latentmapper.errors import StoreError
from latentmapper.make.evaluation.known_shapes import TILE
from latentmapper.make.training.shape_run import RECIPES
from tests.make.tiny_store import write_tiny_store

TINY = (
    "--steps 60 --points-per-shape 512 --shapes-per-step 3 --network-rate 0.005 --shape.code-size 8"
    " --shape.seed-channels 8 --shape.widths 8 8 --shape.channels 8 --shape.hidden 16"
)
TINY_DIT = (
    "--steps 2 --points-per-shape 32 --shapes-per-step 2 --shape.code-size 4 --shape.hidden 8"
    " --shape.template-width 8 --shape.template-layers 2 --known 0"
)


@pytest.mark.parametrize(
    ("model", "symmetric", "start"), [("dit-small", True, "principal"), ("dit-paper", False, "random")]
)
def test_a_model_is_trained_by_its_name(tmp_path: Path, model: str, symmetric: bool, start: str) -> None:
    write_tiny_store(tmp_path / "store")
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run"), "--model", model]
    assert run([*arguments, *TINY_DIT.split()]) == 0
    recipe = json.loads((tmp_path / "run" / "recipe.json").read_text())
    assert (recipe["model"], recipe["shape"]["hidden"], recipe["steps"]) == (model, 8, 2)
    assert (recipe["shape"]["symmetric"], recipe["code_start"]) == (symmetric, start)
    fit = ["fit", str(tmp_path / "run"), str(tmp_path / "store"), "-o", str(tmp_path / "codes.safetensors")]
    assert run([*fit, "--steps", "2", "--points", "64"]) == 0
    assert (tmp_path / "codes.safetensors").is_file()


def test_it_tells_how_well_it_knows_what_it_was_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_store(tmp_path / "store")
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run"), *TINY.split()]
    assert run([*arguments, "--known", "0"]) == 0
    assert not (tmp_path / "run" / "known.png").exists()
    assert "training shapes" not in capsys.readouterr().out
    assert run([*arguments, "--known", "2"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Chamfer .* of 2 training shapes, decoded: mean \d+\.\d\d, .*known\.png", last), last
    with Image.open(tmp_path / "run" / "known.png") as sheet:
        assert sheet.size == (8 * TILE, 2 * TILE)


def test_a_look_that_fails_leaves_what_was_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise StoreError("the store is gone")

    write_tiny_store(tmp_path / "store")
    monkeypatch.setattr("latentmapper.make.evaluation.known_shapes.known_shapes", gone)
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run"), *TINY.split()]
    assert run(arguments) == 0
    told = "is complete, but how well it knows its shapes cannot be told: the store is gone"
    assert told in capsys.readouterr().out
    assert run([*arguments, "--known", "-1"]) == 2
    assert "--known must be at least 0, not -1" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--model", "nerf"], ["--model=nerf"]])
def test_an_unknown_model_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "shape", "store", "-o", "run", *words]) == 2
    assert capsys.readouterr().err == (
        "latentmapper train shape: --model nerf: unknown; choose triplane, dit-small, dit-paper\n"
    )


def test_steps_that_cannot_be_quartered_end_as_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_store(tmp_path / "store")
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run")]
    assert run([*arguments, "--model", "dit-small", "--shape.steps", "6"]) == 2
    assert "--shape.steps must be a multiple of 4, not 6" in capsys.readouterr().err


def test_a_run_of_another_model_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_store(tmp_path / "store")
    folder = tmp_path / "run"
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(folder)]
    assert run([*arguments, "--model", "dit-small", *TINY_DIT.split()]) == 0
    before = (folder / "recipe.json").read_bytes()
    capsys.readouterr()
    assert run([*arguments, "--steps", "1"]) == 2
    assert f"{folder} holds a --model dit-small; choose another --output" in capsys.readouterr().err
    assert run([*arguments, "--model", "dit-small", *TINY_DIT.split(), "--shape.hidden", "12"]) == 2
    assert f"{folder} holds a run that was begun with shape.hidden 8, not 12" in capsys.readouterr().err
    assert run([*arguments, "--model", "dit-small", *TINY_DIT.split(), "--no-sharp-start"]) == 2
    assert "sharp_start True, not False; go on with that, or choose another" in capsys.readouterr().err
    assert (folder / "recipe.json").read_bytes() == before
    assert run([*arguments, "--model", "dit-small", *TINY_DIT.split(), "--steps", "3"]) == 0


def test_a_symmetric_model_of_lopsided_shapes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_store(tmp_path / "store")
    header = json.loads((tmp_path / "store" / "store.json").read_text())
    (tmp_path / "store" / "store.json").write_text(json.dumps(header | {"symmetric": False}))
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run")]
    assert run([*arguments, "--model", "dit-small", *TINY_DIT.split()]) == 2
    told = "latentmapper train shape: the store's shapes are not mirror-symmetric: add --shape.no-symmetric\n"
    assert capsys.readouterr().err == told
    assert not (tmp_path / "run").exists()
    free = ["--model", "dit-small", "--shape.no-symmetric", *TINY_DIT.split()]
    assert run([*arguments, *free]) == 0


def test_the_triplane_is_what_nobody_names() -> None:
    assert named(["store", "-o", "run"], RECIPES, "--model")[0] == "triplane"
    last = ["store", "--model", "triplane", "--model=dit-small"]
    assert named(last, RECIPES, "--model") == ("dit-small", RECIPES["dit-small"])
