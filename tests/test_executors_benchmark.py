"""The benchmark of executors tells apart what starting, handing over and ending take."""

import runpy
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "executors.py"))


class Slow:
    """An executor that takes long to start and to end, and no time for its tasks."""

    def map(self, task: Callable[[bytes], int], items: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
        time.sleep(0.2)
        yield from ((item, task(item)) for item in items)
        time.sleep(0.5)


def test_starting_and_ending_are_no_tasks_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BENCHMARK["_figures"].__globals__, "CORES", Slow())
    monkeypatch.setitem(BENCHMARK["_figures"].__globals__, "RayExecutor", Slow)
    figures = list(BENCHMARK["_figures"](5))
    assert [(each.executor, each.megabytes) for each in figures] == [
        ("local", 0.0),
        ("local", 1.0),
        ("ray", 0.0),
        ("ray", 1.0),
    ]
    assert all(each.start >= 0.2 and each.task < 80 for each in figures), figures
