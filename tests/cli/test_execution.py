"""Where the tasks of commands are done."""

import sys
from pathlib import Path

import pytest

from latentmapper.cli import run
from latentmapper.cli.execution import Execution
from latentmapper.executors import LocalExecutor, RayExecutor

from ..photo.pictures import encoded, quarters
from ..tiny_pack import write_tiny_pack

VERBS = ("data build", "data render", "fit", "evaluate", "reconstruct")


@pytest.mark.parametrize("verb", VERBS)
def test_the_options_are_those_of_every_long_command(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    if verb == "fit":
        pytest.importorskip("torch")
    assert run([*verb.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert "--executor {local,ray}" in told and "--ray-address auto|HOST:PORT" in told
    assert "--workers" in told


def test_options_choose_the_executor() -> None:
    assert Execution().choose(None) == LocalExecutor()
    assert Execution().choose(None, locally=1) == LocalExecutor(1)
    assert Execution().choose(3, locally=1) == LocalExecutor(3)
    assert Execution("ray").choose(None, locally=1) == RayExecutor(None, None, 1)
    assert Execution("ray", "head:6379").choose(8, threads=2) == RayExecutor("head:6379", 8, 2)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a pack, two photos and what is no photo."""
    monkeypatch.chdir(tmp_path)
    write_tiny_pack(tmp_path / "pack")
    (tmp_path / "in").mkdir()
    for name in ("a.png", "c.png"):
        (tmp_path / "in" / name).write_bytes(encoded(quarters()))
    (tmp_path / "in" / "b.png").write_text("no photo")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--ray-address", "auto"], 2, "--ray-address is for --executor ray"),
        (["--workers", "0"], 2, "--workers must be at least 1, not 0"),
        (["--executor", "ray", "--workers", "0"], 2, "--workers must be at least 1, not 0"),
        (
            ["--executor", "ray"],
            3,
            'ray is not installed; install it with: pip install "latentmapper[scale]"',
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert run(["reconstruct", "in", "--pack", "pack", *options]) == code
    assert message in capsys.readouterr().err


def test_two_workers_make_what_one_makes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Photos stay in their order, past a bad one, and the files are the same bytes."""
    options = ["--pack", "pack", "--resolution", "64", "--threads", "1"]
    assert run(["reconstruct", "in", "-o", "one", *options]) == 1
    assert run(["reconstruct", "in", "-o", "two", "--workers", "2", *options]) == 1
    told = capsys.readouterr().out
    assert told.count("2 made, 1 failed") == 2
    assert told.rindex("in/a.png") < told.rindex("in/c.png") < told.rindex("failed: in/b.png")
    for name in ("a.glb", "c.glb"):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()
    assert run(["reconstruct", "in", "-o", "two", *options]) == 1
    assert "2 finished earlier, 1 failed" in capsys.readouterr().out
