"""Checkpoints on a disk that is full, or that has lost some of them."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
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
