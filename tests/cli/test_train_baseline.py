"""`latentmapper train baseline`, from stores and views to a run."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views

TINY = (
    "--auto-steps 2 --encoder-steps 2 --batch 2 --points 60 --shape.encoder.width 8 --shape.encoder.side 32"
)
OF = {
    "atlasnet-25-small": "--shape.patches 2 --shape.code-size 4 --shape.hidden 4 --joint-steps 2 --read 60",
    "atlasnet-sphere-small": "--shape.code-size 4 --shape.hidden 4 --joint-steps 0 --read 60",
    "imnet-small": "--shape.code-size 4 --shape.hidden 8 --shape.channels 1 --pictures 2 --workers 1",
}


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    write_tiny_views(tmp_path / "views", write_tiny_store(tmp_path / "store"))
    # A path that still holds when TensorBoard, in a thread of its own, writes after the test.
    return ["train", "baseline", "store", "--views", "views", "-o", str(tmp_path / "run")]


@pytest.mark.parametrize("name", list(OF))
def test_a_baseline_is_trained_by_the_name_of_its_recipe(
    name: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--recipe", name, *TINY.split(), *OF[name].split(), "--name", "mine"]) == 0
    recipe = json.loads(Path("run/recipe.json").read_text())
    assert (recipe["recipe"], recipe["auto_steps"], recipe["shape"]["code_size"]) == (name, 2, 4)
    assert json.loads(Path("run/baseline.json").read_text())["name"] == "mine"
    assert "run: trained, steps: auto-encoder 2, encoder 2" in capsys.readouterr().out


def test_the_first_recipe_is_what_nobody_names(command: list[str]) -> None:
    assert run([*command, *TINY.split(), *OF["atlasnet-25-small"].split()]) == 0
    assert json.loads(Path("run/recipe.json").read_text())["recipe"] == "atlasnet-25-small"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (
            "--recipe voxnet",
            2,
            "--recipe voxnet: unknown; choose atlasnet-25-small, atlasnet-25-paper, atlas",
        ),
        ("--workers 0", 2, "--workers must be at least 1, not 0"),
        ("--shape.encoder.side 100", 2, "--shape.encoder.side must be a multiple of 32, not 100"),
        ("--recipe imnet-small --shape.hidden 20", 2, "--shape.hidden must be a multiple of 8, not 20"),
        ("--recipe imnet-small --resolutions 16 48", 2, "--resolutions must divide 64, not 48"),
        ("--batch 1", 2, "--batch must be at least 2, not 1"),
        ("--check-every 0", 2, "--check-every must be at least 1, not 0"),
        ("--joint-steps -5", 2, "--joint-steps must be at least 0, not -5"),
        ("--rate -1", 2, "rates must be above 0, not -1"),
        ("--recipe imnet-small --parametric-share 2", 2, "--parametric-share must lie in 0..1, not 2"),
        ("--encoder-steps 0", 2, "--auto-steps and --encoder-steps must be at least 1"),
        ("--views store", 1, "store holds no views; make them with: latentmapper data render"),
        ("--start nowhere", 1, "--start: nowhere holds no auto-encoder that was trained for 6000 steps"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(
    command: list[str], capsys: pytest.CaptureFixture[str], options: str, code: int, message: str
) -> None:
    assert run([*command, *options.split()]) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not Path("run").exists()
