"""What a run has told so far."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.make.training.log import RunLog


@pytest.mark.parametrize(("checkpoint", "kept"), [(0, []), (20, [10, 20])])
def test_what_came_after_the_last_checkpoint_is_told_once(
    tmp_path: Path, checkpoint: int, kept: list[int]
) -> None:
    killed = RunLog(tmp_path, 0, 100)
    for step in (10, 20, 30):
        killed.write(step, loss=1.0)
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 40, "lo')
    RunLog(tmp_path, checkpoint, 100).write(checkpoint + 10, loss=2.0)
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == [*kept, checkpoint + 10]


def test_processes_that_do_not_write_leave_it_alone(tmp_path: Path) -> None:
    RunLog(tmp_path, 0, 100).write(10, loss=1.0)
    RunLog(tmp_path, 0, 100, writes=False).write(20, loss=1.0)
    assert len((tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()) == 1
