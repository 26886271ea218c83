"""The dispatcher: help, version, unknown words, and how errors end."""

import importlib.util
import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from latentmapper import __name__ as package
from latentmapper import cli
from latentmapper.cli.logs import LOGGER, show_logs
from latentmapper.errors import GO_ON, MissingError, PhotoError, UsageError


def _verb_that(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(verb: str, argv: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "_load", lambda verb: SimpleNamespace(main=fail))


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {verb} " in shown for verb in cli.VERBS)


def test_nothing_shows_the_help_and_counts_as_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "usage: latentmapper COMMAND" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("latentmapper 0.")


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_its_module(verb: str) -> None:
    assert importlib.util.find_spec(f"{package}.cli.{cli.VERBS[verb][0]}") is not None


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reconstrct"]) == 2
    meant = "(did you mean 'reconstruct'?)"
    told = f"latentmapper: unknown command 'reconstrct' {meant}; see latentmapper --help\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["xyz"], "unknown command 'xyz'; see latentmapper --help"),
        (["pakcs", "list"], "(did you mean 'packs list'?)"),
        (["packs", "lst"], "choose one of: packs list, packs show"),
        (["packs", "lst"], "(did you mean 'packs list'?)"),
    ],
)
def test_what_was_meant_is_guessed(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(words) == 2
    assert told in capsys.readouterr().err


def test_half_a_verb_lists_the_other_halves(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["cache"]) == 2
    assert capsys.readouterr().err == "latentmapper cache: choose one of: cache show, cache clear\n"
    assert cli.run(["cache", "--help"]) == 0
    assert "cache clear" in capsys.readouterr().out


def test_wrong_option_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "--nope"]) == 2
    assert "--nope" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (PhotoError("a.jpg is no picture"), 1, "a.jpg is no picture"),
        (UsageError("no such format"), 2, "no such format"),
        (MissingError("no pack; run this"), 3, "no pack; run this"),
        (
            ModuleNotFoundError(name="torch"),
            3,
            'torch is not installed; install it with: pip install "latentmapper[train]"',
        ),
        (
            OSError(28, "No space left on device", "out/a.glb"),
            1,
            f"No space left on device: out/a.glb; make room, and {GO_ON}",
        ),
        (KeyboardInterrupt(), 130, "stopped; run the same command again to go on"),
    ],
)
def test_errors_end_as_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    line: str,
) -> None:
    _verb_that(monkeypatch, error)
    assert cli.run(["doctor"]) == code
    assert capsys.readouterr().err == f"latentmapper doctor: {line}\n"


def test_bugs_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _verb_that(monkeypatch, ModuleNotFoundError(name="latentmapper.no_such_part"))
    with pytest.raises(ModuleNotFoundError):
        cli.run(["doctor"])


def test_log_lines_are_shown_once_however_many_commands_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(verb: str, argv: list[str]) -> int:
        show_logs()
        LOGGER.info("one line")
        return 0

    monkeypatch.setattr(cli, "_load", lambda verb: SimpleNamespace(main=told))
    before = LOGGER.handlers.copy(), LOGGER.level
    for _ in range(2):
        assert cli.run(["fit"]) == 0
        assert capsys.readouterr().err.count("one line") == 1
    assert (LOGGER.handlers, LOGGER.level) == before


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from latentmapper.cli import run; run(['--help']); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), len(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    *modules, count = shown.splitlines()[-1].split()
    assert not {"numpy", "scipy", "onnxruntime", "onnx", "torch", "PIL", "trimesh", "tyro", "rich"} & set(
        modules
    )
    assert int(count) < 250


def test_names_without_letters_in_the_encoding_of_standard_output(tmp_path: Path, monkeypatch) -> None:
    written = io.BytesIO()
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "車"))
    monkeypatch.setattr("sys.argv", ["latentmapper", "cache", "show"])
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="cp1252"))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0 and written.getvalue().rstrip().endswith(rb"\u8eca")


def test_closed_pipe_ends_quietly() -> None:
    program = "from latentmapper.cli import run; import sys; sys.exit(run(['packs', 'verify']))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.close()
        assert "Traceback" not in child.stderr.read()
        assert child.wait() == 0


def test_closed_standard_output_does_not_undo_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_load", lambda verb: SimpleNamespace(main=lambda verb, argv: 0))
    monkeypatch.setattr("sys.stdout", None)
    assert cli.run(["doctor"]) == 0
