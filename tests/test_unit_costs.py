"""The benchmark of unit costs tells what more items cost, and multiplies rightly."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("resource", reason="the benchmark needs POSIX")
BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "unit_costs.py"))


def test_starting_up_is_left_out() -> None:
    steps = ("data build", "data render", "data features", "reconstruct")
    few = SimpleNamespace(steps=dict.fromkeys(steps, (7.0, 1_500.0, 2)))
    many = SimpleNamespace(steps=dict.fromkeys(steps, (10.0, 3_500.0, 6)), _config=BENCHMARK["Config"]())
    costs = BENCHMARK["Run"].beyond(many, few)
    assert [cost.step for cost in costs] == list(steps)
    assert {(cost.seconds, cost.size) for cost in costs} == {(0.75, 500.0)}
    assert [cost.items for cost in costs] == [51_000, 1_020_000, 1_020_000, 1_000_000]


def test_a_row_adds_up() -> None:
    row = BENCHMARK["Cost"]("reconstruct", "photo", 0.36, 500_000, 1_000_000).row()
    assert row == "| reconstruct | photo | 0.36 | 500 | 1,000,000 | 100 | 500 |"


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    run = SimpleNamespace(_config=BENCHMARK["Config"]())
    with pytest.raises(SystemExit, match="no pictures in this folder"):
        BENCHMARK["Run"]._taken(run, tmp_path / "out", 1, "reconstruct", tmp_path)
