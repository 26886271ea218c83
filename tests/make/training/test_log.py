"""The log of a run."""

import json
from pathlib import Path

from latentmapper.make.training import log
from latentmapper.make.training.log import RunLog, read_log


def test_a_resumed_run_forgets_what_it_will_say_again_and_goes_on_counting(
    tmp_path: Path, monkeypatch
) -> None:
    clock = iter([100.0, 107.0, 107.0, 119.0, 119.0, 500.0, 503.0, 503.0])
    monkeypatch.setattr(log.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(log, "_tensorboard", lambda _: None)
    first = RunLog(tmp_path, 0, 30)
    first.write(10, loss=2.0)
    first.write(20, loss=1.0)
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 3')  # it was killed here, after the checkpoint of step 10
    RunLog(tmp_path, 10, 30).write(20, loss=1.5)
    assert read_log(tmp_path / "log.jsonl") == [
        {"step": 10, "seconds": 7.0, "loss": 2.0},
        {"step": 20, "seconds": 10.0, "loss": 1.5},
    ]


def test_logs_without_times_and_processes_that_do_not_tell(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(json.dumps({"step": 5, "loss": 1.0}) + "\n")
    RunLog(tmp_path, 5, 9, writes=False).write(9, loss=0.5)
    assert len(read_log(tmp_path / "log.jsonl")) == 1
    RunLog(tmp_path, 5, 9).write(9, loss=0.5)
    assert read_log(tmp_path / "log.jsonl")[1].keys() == {"step", "seconds", "loss"}
    assert read_log(tmp_path / "none") == []
