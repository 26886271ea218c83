"""`latentmapper train view` and `packs view`: from features to a pack that tells it, and what is refused."""

import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from tests.make.tiny_store import write_tiny_store
from tests.make.training.test_view_reader import write_told


@pytest.fixture(autouse=True)
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_told(tmp_path / "features", pictures=2, shapes={"egg-0": "train", "egg-3": "validation"})
    write_tiny_store(tmp_path / "store", samples=10)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            "train view -o run --stores store",
            2,
            "name at least one folder of features, made with: latentmapper data",
        ),
        ("train view nowhere --stores store -o run", 1, "no finished features in nowhere"),
        ("train view features --stores nowhere -o run", 1, "nowhere is not a finished store"),
        ("train view features --stores store -o run --steps 0", 2, "--steps must be at least 1, not 0"),
        ("packs view car run -o new", 1, "no network for the view in run; make one with: latentmapper train"),
        ("packs view nothing run -o new", 2, "no pack 'nothing'"),
        ("packs view car run -o features", 2, "-o features: something lies there; name a new folder"),
    ],
)
def test_refusals(arguments: str, code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments.split()) == code
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_run_for_another_vit_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            [
                "train",
                "view",
                "features",
                "--stores",
                "store",
                "-o",
                "run",
                "--steps",
                "1",
                "--shape.cell",
                "4",
            ]
        )
        == 0
    )
    assert run(["packs", "view", "car", "run", "-o", "new"]) == 3
    assert re.search(r"pack car-\d+ was made for another ViT", capsys.readouterr().err)
    assert not Path("new").exists()
