"""What is told of a long step, with a clock of our own."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from latentmapper.pace import Pace, logged, paced


def told(total: int, steps: int, seconds: float, count: int = 1, already: int = 0) -> list[str]:
    """Lines about steps that take so many seconds each."""
    now, lines = [100.0], list[str]()
    pace = Pace(total, "pictures", already, lines.append, lambda: now[0])
    for _ in range(steps):
        now[0] += seconds
        pace.step(count)
    return lines


def test_rate_and_time_left_are_told_every_ten_seconds() -> None:
    assert told(60, 6, 4, count=8) == [
        "24/60 pictures, 2.0/s, 18 s left",
        "48/60 pictures, 2.0/s, 6 s left",
    ]


def test_what_is_done_soon_needs_no_line() -> None:
    assert told(9, 9, 1) == []


def test_slow_things_are_told_by_the_minute_and_long_times_in_minutes_and_hours() -> None:
    assert told(40, 1, 30) == ["1/40 pictures, 2.0/min, 20 min left"]
    assert told(500, 1, 60) == ["1/500 pictures, 1.0/min, 8.3 h left"]


def test_what_an_earlier_run_has_done_is_told_at_once_and_is_no_part_of_the_rate() -> None:
    assert told(60, 0, 0, already=40) == ["40 of 60 pictures were done by an earlier run"]
    assert told(60, 1, 10, count=10, already=40)[1:] == ["50/60 pictures, 1.0/s, 10 s left"]


def test_things_are_counted_as_they_are_done() -> None:
    pace = Pace(3, "shapes", clock=lambda: 0.0)
    done = []
    for thing in pace.over("abc"):
        done.append((thing, pace._done))
    assert done == [("a", 0), ("b", 1), ("c", 2)] and pace._done == 3


def test_the_log_is_told_where_nobody_else_is(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert list(paced("ab", 3, "letters", already=1)) == ["a", "b"]
    assert caplog.messages == ["1 of 3 letters were done by an earlier run"]


def test_how_far_a_step_is_goes_to_a_file_and_a_second_run_adds_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("latentmapper.pace.time.monotonic", lambda: now[0])

    def slow(count: int):
        for number in range(count):
            now[0] += 4
            yield number

    assert list(logged(slow(6), tmp_path / "log.jsonl", lambda number: 2)) == list(range(6))
    with pytest.raises(KeyboardInterrupt):
        for number in logged(slow(6), tmp_path / "log.jsonl"):
            if number == 1:
                raise KeyboardInterrupt
    assert list(logged(iter(()), tmp_path / "log.jsonl")) == []
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["done"], line["seconds"]) for line in lines] == [
        (6, 12.0),
        (12, 24.0),
        (12, 24.0),
        (1, 8.0),
    ]
    assert all(datetime.fromisoformat(line["time"]).tzinfo == UTC for line in lines)
