"""`latentmapper packs build` wants one way to tell whether a picture shows the category."""

from pathlib import Path

import pytest

from latentmapper.cli import run

pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--positives", "a"], "--positives and --negatives go together"),
        (["--negatives", "a"], "--positives and --negatives go together"),
        (["--presence", "p", "--positives", "a", "--negatives", "b"], "--presence takes the check from"),
    ],
)
def test_two_checks_or_half_a_check_are_refused(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = ["--stores", str(tmp_path), "-o", str(tmp_path / "out"), "--id", "a", "--license", "MIT"]
    assert run(["packs", "build", str(tmp_path), str(tmp_path), *needed, *options]) == 2
    assert message in capsys.readouterr().err
