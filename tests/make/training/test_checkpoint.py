"""Checkpoints on a disk that is full."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

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
