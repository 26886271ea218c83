"""How far commands are: lines where there is no terminal, a bar where there is one."""

import io
from pathlib import PurePosixPath

import pytest
from rich.console import Console

from latentmapper.batch import Outcome
from latentmapper.batch.inputs import Input
from latentmapper.batch.naming import Job
from latentmapper.cli import outcomes, progress
from latentmapper.cli.progress import counted
from latentmapper.cli.results import summary
from latentmapper.cli.text import tame


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What stands on a terminal of 80 columns."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=80, soft_wrap=True)
    monkeypatch.setattr(progress, "Console", lambda **_: console)
    return shown


def test_where_there_is_no_terminal_quick_things_are_told_in_no_line(capsys) -> None:
    assert list(counted("abc", 3, "letters")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_what_an_earlier_run_did_is_told_at_once(capsys) -> None:
    things = counted("c", 3, "[letters]", already=2)
    assert next(things) == "c"
    assert capsys.readouterr().err == "2 of 3 [letters] were done by an earlier run\n"


def test_a_terminal_has_a_bar_which_leaves_nothing_behind(terminal: io.StringIO) -> None:
    for number, _ in enumerate(counted("bc", 3, "letters", already=1), 1):
        assert number < 3
    told, _, bar = terminal.getvalue().partition("\n")
    assert told == "1 of 3 letters were done by an earlier run"
    assert "letters" in bar and "1/3" in bar and "3/3" in bar
    assert bar.endswith("\x1b[2K")  # the line is cleared


def test_a_bar_is_cleared_where_the_work_fails(terminal: io.StringIO) -> None:
    def things():
        yield "a"
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        list(counted(things(), 3, "letters"))
    assert "0/3" in terminal.getvalue() and terminal.getvalue().endswith("\x1b[2K")


def test_photos_on_a_terminal_have_no_numbers_beside_the_bar(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "line", lambda outcome: outcome.status)
    seen = [Outcome(None, "failed"), Outcome(None, "refused")]  # type: ignore[arg-type]
    assert list(outcomes.told(seen, 2)) == seen
    assert "failed" in terminal.getvalue() and "[1/2]" not in terminal.getvalue()


def test_names_that_a_terminal_would_obey_are_shown_as_they_are_written_in_python(capsys) -> None:
    """Files of an archive may be called anything: a line of output stays one, and of one colour."""
    assert tame("caf\u00e9 \U0001f697 \udcff") == "caf\u00e9 \U0001f697 \udcff"
    outcome = Outcome(
        Job(Input("a\x1b[31m\n.jpg", PurePosixPath("a")), "", "a"), "failed", message="a\x1b[31m\n.jpg: no"
    )
    assert list(outcomes.told([outcome, outcome], 2)) == [outcome, outcome]
    assert "[1/2] a\\x1b[31m\\n.jpg: no\n" in capsys.readouterr().err
    assert "failed: a\\x1b[31m\\n.jpg: no\n" in summary([outcome, outcome])
