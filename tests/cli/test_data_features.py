"""`latentmapper data features` refuses what it would otherwise do without a word."""

from pathlib import Path

import pytest

from latentmapper.cli import run


def test_hidden_tokens_of_photos_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "features", str(tmp_path), "-o", str(tmp_path / "out"), "--kind", "tokens"]) == 2
    assert "--kind tokens: " in (error := capsys.readouterr().err)
    assert "holds no rendered views" in error


def test_a_location_without_hidden_tokens_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["data", "features", str(tmp_path), "-o", str(tmp_path / "out"), "--location", "head"]
    assert run(arguments) == 2
    assert "--location is for --kind tokens, or --closer with labels" in capsys.readouterr().err


def test_labels_of_photos_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["data", "features", str(tmp_path), "-o", str(tmp_path / "out")]
    assert run([*arguments, "--recipe", "descriptor-paper"]) == 2
    assert "--kind labels: " in (error := capsys.readouterr().err)
    assert "holds no rendered views" in error


def test_an_unknown_recipe_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "features", str(tmp_path), "-o", str(tmp_path / "out"), "--recipe=new"]) == 2
    assert "--recipe new: unknown; choose default, descriptor-paper" in capsys.readouterr().err
