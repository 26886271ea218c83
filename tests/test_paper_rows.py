"""The paper's system as a list of commands: all of them exist, none runs twice, rows share what they can."""

import dataclasses
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from latentmapper import cli
from latentmapper.errors import UsageError

SCRIPT = Path(__file__).parents[1] / "scripts" / "paper_rows.py"
Commands = list[list[str]]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], Commands]:
    """The script, and the commands it has run, which do nothing here."""
    commands: Commands = []

    def run(arguments: list[str]) -> int:
        commands.append(arguments)
        return 0

    monkeypatch.setattr("row_steps.run", run)
    return runpy.run_path(str(SCRIPT)), commands


def config(script: dict[str, Any], folder: Path, *rows: str, more: tuple[str, ...] = ()) -> Any:
    return script["Config"]((Path("one"), Path("two")), Path("one"), folder, rows, more=more)


def outputs(commands: Commands) -> list[str]:
    return [Path(each[each.index("-o") + 1]).name for each in commands if "-o" in each]


def test_rows_share_what_they_have_in_common(script: tuple[dict[str, Any], Commands], tmp_path: Path) -> None:
    rows, commands = script
    main: Callable[[Any], None] = rows["main"]
    main(config(rows, tmp_path, "paper"))
    first = outputs(commands)
    assert len(first) == len(set(first)) and first[0] == "base" and first[-1] == "evaluation-paper"
    commands.clear()
    main(config(rows, tmp_path, "apart"))
    between = outputs(commands)
    assert not set(between) & set(first) and not any(
        name.startswith(("views", "overview")) for name in between
    )
    commands.clear()
    main(config(rows, tmp_path, "paper", "no-clip", "distance-loss"))
    ends = ["mapper-{}", "pack-{}", "evaluation-{}"]
    wanted = [end.format(row) for row in ("no-clip", "distance-loss") for end in ends]
    assert outputs(commands) == wanted
    mappers = [each for each in commands if each[:2] == ["train", "mapper"]]
    assert ["--beside" in each for each in mappers] == [False, True]
    commands.clear()
    main(config(rows, tmp_path, *rows["ROWS"]))
    made = outputs(commands)
    assert len(made) == len(set(made)) and not set(made) & set(first)
    assert {f"evaluation-{row}" for row in rows["ROWS"]} - {*made, *wanted} == {
        "evaluation-paper",
        "evaluation-apart",
    }


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_trainings_and_pictures_have_the_precision_that_was_asked_for(
    script: tuple[dict[str, Any], Commands], tmp_path: Path, precision: str
) -> None:
    rows, commands = script
    rows["main"](dataclasses.replace(config(rows, tmp_path, "apart"), precision=precision))
    made = dict(zip(outputs(commands), (each for each in commands if "-o" in each), strict=True))
    for trained in ("base", "codes.safetensors"):
        assert ("--bfloat16" in made[trained]) == (precision == "bfloat16")
    described = [each for each in commands if each[:3] == ["data", "features", "--precision"]]
    assert described and {each[3] for each in described} == {precision}


def test_what_failed_is_run_again_and_what_follows_is_not_run(
    script: tuple[dict[str, Any], Commands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, commands = script
    monkeypatch.setattr("row_steps.run", lambda given: commands.append(given) or 3 * ("clip" in given))
    for _ in range(2):
        with pytest.raises(SystemExit) as caught:
            rows["main"](config(rows, tmp_path, "paper"))
        assert caught.value.code == 3
    assert [each[:2] for each in commands[-2:]] == 2 * [["train", "clip"]]
    assert len([each for each in commands if each[:2] == ["train", "shape"]]) == 1
    done = json.loads((tmp_path / "done" / "base.json").read_text())
    assert done["arguments"] == commands[0]


def test_a_step_is_told_more_and_then_runs_again(
    script: tuple[dict[str, Any], Commands], tmp_path: Path
) -> None:
    rows, commands = script
    rows["main"](config(rows, tmp_path, "paper"))
    commands.clear()
    more = ("evaluate.paper --looks 2",)
    rows["main"](config(rows, tmp_path, "paper", more=more))
    assert len(commands) == 1 and commands[0][-2:] == ["--looks", "2"]


def test_what_was_made_of_an_earlier_step_is_not_taken_for_that_of_a_later_one(
    script: tuple[dict[str, Any], Commands], tmp_path: Path
) -> None:
    rows, commands = script
    rows["main"](config(rows, tmp_path, "paper"))
    commands.clear()
    other = "choose another --output, or remove "
    with pytest.raises(UsageError, match=f"views-nine-decoded-0 was made before base was done anew: {other}"):
        rows["main"](config(rows, tmp_path, "paper", more=("base --steps 7",)))
    assert [each[-2:] for each in commands] == [["--steps", "7"]]
    commands.clear()
    more = ("base --steps 7", "pack --bandwidth 0.1")
    for done in (tmp_path / "done").iterdir():
        if done.stem not in ("base", "evaluate.paper"):
            done.unlink()
    rows["main"](config(rows, tmp_path, "paper", more=more))
    assert outputs(commands)[-1] == "evaluation-paper", "it reads what is made anew"
    commands.clear()
    rows["main"](config(rows, tmp_path, "paper", more=more))
    assert not commands


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "bases --steps 7",
            "--more bases: no step is called so; there are: base, render, render.nine.decoded",
        ),
        ("base '--steps 7", "--more wants a step's name and its options"),
        ("", "--more wants a step's name and its options"),
    ],
)
def test_what_is_told_to_no_step_is_refused(
    script: tuple[dict[str, Any], Commands], tmp_path: Path, more: str, message: str
) -> None:
    rows, commands = script
    with pytest.raises(UsageError, match=message):
        rows["main"](config(rows, tmp_path, "paper", more=(more,)))
    assert not commands


def test_an_unknown_row_is_named(script: tuple[dict[str, Any], Commands], tmp_path: Path) -> None:
    rows, commands = script
    with pytest.raises(UsageError, match="--rows words: unknown; choose paper, apart"):
        rows["main"](config(rows, tmp_path, "words"))
    assert not commands


def test_all_commands_are_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each ends at what is not there, and not at an option."""
    rows = runpy.run_path(str(SCRIPT))
    none, names = tmp_path / "none", list(rows["ROWS"])
    given = rows["Config"]((none,), none, tmp_path / "work", tuple(names))
    for step, arguments in {step: each for row in names for step, each in rows["steps"](given, row)}.items():
        assert cli.run(arguments) in (1, 2, 3), step
        told = capsys.readouterr().err
        assert str(tmp_path) in told and "nrecognized" not in told, (step, told)
