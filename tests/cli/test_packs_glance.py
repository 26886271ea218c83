"""`latentmapper packs glance`: what it refuses is one line, before any picture is described."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper import files
from latentmapper.cli import run
from tests.make.fake_vit import head_for
from tests.make.training.test_location import write_views
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that reads whole pictures, a location head, and views."""
    write_tiny_pack(tmp_path / "pack")
    head = head_for((0.25, 0.25, 0.75, 0.75), 384)
    files.write_arrays(tmp_path / "head.safetensors", head.to_arrays())  # as before the side was kept
    head.write(tmp_path / "large.safetensors", 224)
    head.write(tmp_path / "small.safetensors", 126)
    write_views(tmp_path / "views", ["train"])
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("inputs")
def test_both_kinds_of_views_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["packs", "glance", "pack", "--location", "head.safetensors"]
    assert run([*given, "--positives", "views", "--negatives"]) == 2
    assert "--positives and --negatives need at least one folder" in capsys.readouterr().err


@pytest.mark.usefixtures("inputs")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("pack --location head.safetensors", 2, "tiny-car reads whole pictures; a glance is for packs that"),
        ("pack --location small.safetensors", 2, "tiny-car reads whole pictures; a glance is for packs that"),
        (
            "pack --location large.safetensors",
            1,
            "large.safetensors: the head was trained on pictures of 224 pixels a side, not 126;"
            " make one with: latentmapper train location --side 126",
        ),
        (
            "pack --location small.safetensors --side 112",
            1,
            "small.safetensors: the head was trained on pictures of 126 pixels a side, not 112;",
        ),
        ("pack --location nowhere", 1, "nowhere"),
        ("nothing --location head.safetensors", 2, "nothing"),
    ],
)
def test_refusals(arguments: str, code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["packs", "glance", *arguments.split(), "--positives", "views", "--negatives", "views"]
    assert run(given) == code
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
