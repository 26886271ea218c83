"""What is told of a long step, with a clock of our own."""

import logging

import pytest

from latentmapper.make.pace import Pace


def test_rate_and_time_left_are_told_every_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    pace = Pace(60, "pictures", lambda: now[0])
    with caplog.at_level(logging.INFO):
        for _ in range(6):
            now[0] += 4
            pace.step(8)
    assert caplog.messages == [
        "24/60 pictures, 2.0/s, 18 s left",
        "48/60 pictures, 2.0/s, 6 s left",
    ]


def test_items_are_counted_as_they_are_done() -> None:
    pace = Pace(3, "shapes", lambda: 0.0)
    done = []
    for item in pace.over("abc"):
        done.append((item, pace._done))
    assert done == [("a", 0), ("b", 1), ("c", 2)] and pace._done == 3
