"""`latentmapper data features` refuses what it would otherwise do without a word."""

from pathlib import Path

import pytest

from latentmapper.cli import run


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--kind", "tokens"], "holds no rendered views"),
        (["--location", "head"], "--location is for --kind tokens"),
        (["--neighbours", "0.2"], "--neighbours is for --kind tokens"),
        (["--closer"], "holds no rendered views, and photos are described whole"),
        (["--closer", "--location", "head", "--neighbours", "0.2"], "photos are described whole"),
        (["--clusters", "others"], "--clusters is for --kind labels, soft or histogram"),
        (["--kind", "tokens", "--neighbours", "1.2"], "--neighbours must lie between 0 and 1, not 1.2"),
        (["--batch", "0"], "--batch must be at least 1, not 0"),
        (["--bag.pictures", "0"], "--bag.pictures must be at least 1, not 0"),
        (["--bag.share", "1.5"], "--bag.share must be above 0 and at most 1, not 1.5"),
        (["--bag.seed", "-1"], "--bag.seed must be at least 0, not -1"),
    ],
)
def test_options_that_do_nothing_are_refused(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "features", str(tmp_path), "-o", str(tmp_path / "out"), *options]) == 2
    assert message in capsys.readouterr().err


def test_labels_of_photos_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["data", "features", str(tmp_path), "-o", str(tmp_path / "out")]
    assert run([*arguments, "--recipe", "descriptor-paper"]) == 2
    assert "--kind labels: " in (error := capsys.readouterr().err)
    assert "holds no rendered views" in error


def test_an_unknown_recipe_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "features", str(tmp_path), "-o", str(tmp_path / "out"), "--recipe=new"]) == 2
    assert "--recipe new: unknown; choose default, descriptor-paper" in capsys.readouterr().err
