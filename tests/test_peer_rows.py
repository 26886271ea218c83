"""The peers as a list of commands: all of them exist, none runs twice, hours become steps by a pace."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from latentmapper import cli
from latentmapper.errors import UsageError
from latentmapper.make.training.baseline_run import RECIPES

SCRIPT = Path(__file__).parents[1] / "scripts" / "peer_rows.py"
Commands = list[list[str]]
SECONDS = {"auto-encoder": 2.0, "encoder": 0.5, "joint": 1.0}
"""Of a step, of the trials."""


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The commands that are run, which do nothing here but for the logs of trainings."""
    commands: Commands = []

    def run(arguments: list[str]) -> int:
        commands.append(arguments)
        if arguments[:2] == ["train", "baseline"]:
            _write_logs(Path(value(arguments, "-o")), arguments)
        return 0

    monkeypatch.setattr("row_steps.run", run)
    return commands


def _write_logs(run: Path, arguments: list[str]) -> None:
    recipe = RECIPES[value(arguments, "--recipe")]
    for stage in recipe.stages:
        told = [{"step": step, "seconds": 9 + SECONDS[stage] * step, "loss": 1} for step in (50, 100, 300)]
        # What is measured last belongs to the next steps.
        told += [{"step": 300, "seconds": 10_000, "held_out_error": 1}]
        (run / stage).mkdir(parents=True, exist_ok=True)
        (run / stage / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in told))


@pytest.fixture
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def value(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def config(script: dict[str, Any], folder: Path, *rows: str, **more: Any) -> Any:
    given = (Path("one"), Path("two")), (Path("views-1"), Path("views-2")), Path("one"), folder
    return script["Config"](*given, **({"rows": rows} if rows else {}), **more)


def test_all_is_trained_once_and_measured_together(
    script: dict[str, Any], commands: Commands, tmp_path: Path
) -> None:
    script["main"](config(script, tmp_path, pack=Path("pack")))
    made = [Path(value(each, "-o")).name for each in commands]
    assert len(made) == len(set(made)) and made[-2:] == ["evaluation", "report"]
    assert set(script["ROWS"]) < set(made) and not [name for name in made if name.startswith("pace")]
    evaluated = commands[-2][commands[-2].index("--baselines") + 1 :]
    short = [str(Path(each).relative_to(tmp_path)) for each in evaluated]
    squares, sphere, imnet = (["", "/encoder"], ["", "/encoder"], [""])
    methods = dict(zip(script["METHODS"], (squares, sphere, imnet), strict=True))
    assert short == [
        f"{m}{way}{end}" for way in ("", "-fixed") for m, ends in methods.items() for end in ends
    ]
    commands.clear()
    script["main"](config(script, tmp_path, pack=Path("pack")))
    assert not commands


def test_fixed_views_go_on_from_the_auto_encoder(
    script: dict[str, Any], commands: Commands, tmp_path: Path
) -> None:
    script["main"](config(script, tmp_path, "imnet-fixed"))
    made = [Path(value(each, "-o")).name for each in commands]
    assert made == ["imnet", "fixed-views-0", "fixed-views-1", "imnet-fixed"]
    first, *_, last = commands
    assert value(first, "--name") == "imnet"
    assert value(first, "--views") == "views-1" and "--start" not in first
    assert value(last, "--views") == str(tmp_path / "fixed-views-0")
    assert value(last, "--start") == value(first, "-o") and value(last, "--name") == "imnet-fixed"


def test_hours_become_steps_in_the_recipe_s_proportions(
    script: dict[str, Any], commands: Commands, tmp_path: Path
) -> None:
    script["main"](config(script, tmp_path, "atlasnet-25", hours=3.0))
    trial, real = commands
    assert [value(trial, option) for option in script["STEPS"].values()] == ["300"] * 3
    steps = [int(value(real, option)) for option in script["STEPS"].values()]
    usual = list(RECIPES["atlasnet-25-small"].stages.values())
    assert [step / steps[0] for step in steps] == pytest.approx([u / usual[0] for u in usual], rel=1e-3)
    hours = sum(step * seconds for step, seconds in zip(steps[:2], SECONDS.values(), strict=False)) / 3600
    assert hours == pytest.approx(3 * script["MARGIN"], rel=1e-3)
    commands.clear()
    script["main"](config(script, tmp_path, "atlasnet-25-fixed", hours=3.0))
    assert [each[:2] for each in commands] == [["data", "render"], ["data", "render"], ["train", "baseline"]]
    assert [int(value(commands[-1], option)) for option in script["STEPS"].values()] == steps


def test_a_trial_that_was_stopped_goes_on(script: dict[str, Any], commands: Commands, tmp_path: Path) -> None:
    trial = tmp_path / "pace-imnet"
    for stage, lines in (("auto-encoder", 2), ("encoder", 1)):
        (trial / stage).mkdir(parents=True)
        told = [{"step": 50 * i, "seconds": i, "loss": 1} for i in range(1, lines + 1)]
        (trial / stage / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in told))
    script["main"](config(script, tmp_path, "imnet", hours=1.0))
    assert [Path(value(each, "-o")).name for each in commands] == ["pace-imnet", "imnet"]


def test_a_step_is_told_more_by_its_name(script: dict[str, Any], commands: Commands, tmp_path: Path) -> None:
    more = ("train --seed 5", "train.imnet --batch 4", "train --seed 7")
    script["main"](config(script, tmp_path, "atlasnet-25", "imnet", more=more))
    assert [each[-4:] for each in commands] == [
        ["--seed", "5", "--seed", "7"],
        ["--seed", "7", "--batch", "4"],
    ]
    assert ["--seed" in each for each in commands] == [True, True]


def test_what_is_trained_further_is_measured_again(
    script: dict[str, Any], commands: Commands, tmp_path: Path
) -> None:
    script["main"](config(script, tmp_path, "imnet", pack=Path("pack")))
    commands.clear()
    more = ("train --auto-steps 20000",)
    script["main"](config(script, tmp_path, "imnet", pack=Path("pack"), more=more))
    assert [each[0] for each in commands] == ["train", "evaluate", "report"]


def test_hours_are_not_negative(script: dict[str, Any], commands: Commands, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--hours must be at least 0, not -1"):
        script["main"](config(script, tmp_path, "imnet", hours=-1.0))
    assert not commands


def test_an_unknown_row_is_named(script: dict[str, Any], commands: Commands, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--rows words: unknown; choose atlasnet-25, atlasnet-sphere"):
        script["main"](config(script, tmp_path, "imnet", "words"))
    assert not commands


def test_all_commands_are_understood(
    script: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each ends at what is not there, and not at an option."""
    none = tmp_path / "none"
    given = script["Config"]((none,), (none,), none, tmp_path / "work", none, hours=3.0)
    rows = [step for row in script["ROWS"] for step in script["steps"](given, row)]
    for step, arguments in dict([*rows, *script["report_steps"](given, none)]).items():
        assert cli.run(arguments) in (1, 2, 3), step
        told = capsys.readouterr().err
        assert str(tmp_path) in told and "nrecognized" not in told, (step, told)
