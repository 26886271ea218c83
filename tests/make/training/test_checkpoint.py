"""Checkpoints on a disk that is full or has lost some of them, and the log after the last one."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.log import RunLog  # noqa: E402
from tests.full_disk import fill_up, unfinished  # noqa: E402


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = torch.nn.Linear(3, 2)
    checkpoint.save(tmp_path, 5, {"layer": layer}, [], best=1.5)
    saved = layer.weight.detach().clone()
    layer.weight.data += 1
    fill_up(monkeypatch, room=0)
    with pytest.raises(OSError, match=r"No space left on device: .*checkpoint\.safetensors"):
        checkpoint.save(tmp_path, 10, {"layer": layer}, [])
    assert not unfinished(tmp_path)
    assert checkpoint.load(tmp_path, {"layer": layer}, []) == (5, {"best": 1.5})
    assert torch.equal(layer.weight, saved)


def test_a_damaged_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    layer = torch.nn.Linear(3, 2)
    checkpoint.save(tmp_path, 5, {"layer": layer}, [])
    path = tmp_path / checkpoint.NAME
    path.write_bytes(path.read_bytes()[:-4])
    damaged = r"checkpoint\.safetensors is damaged .*; remove it to begin anew"
    with pytest.raises(StoreError, match=damaged):
        checkpoint.load(tmp_path, {"layer": layer}, [])
    with pytest.raises(StoreError, match=damaged):
        checkpoint.step_of(tmp_path)


@pytest.mark.parametrize(("last", "kept"), [(0, []), (20, [10, 20])])
def test_what_came_after_the_last_checkpoint_is_told_once(tmp_path: Path, last: int, kept: list[int]) -> None:
    killed = RunLog(tmp_path, 0, 100)
    for step in (10, 20, 30):
        killed.write(step, loss=1.0)
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 40, "lo')
    RunLog(tmp_path, last, 100).write(last + 10, loss=2.0)
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == [*kept, last + 10]
