"""Every recipe takes a step on another device than the processor, without a tensor left behind."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from latentmapper.cli import run
from latentmapper.errors import UsageError
from latentmapper.make.device import choose
from latentmapper.make.training import auto_decoding, contrast, translator
from latentmapper.make.training.distributed import Process
from latentmapper.make.training.loop import Task
from tests.make.tiny_store import write_tiny_store
from tests.make.training.elsewhere import DEVICE, Elsewhere, Indices, OtherDevice
from tests.make.training.tiny_runs import RUNS, write_inputs

LOOPED = (
    "triplane",
    "dit",
    "mapper",
    "autoencoder",
    "baseline",
    "contrast",
    "translator",
    "location",
    "view_reader",
    "second",
)
"""Modules that train by `loop.train`."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all runs learn from."""
    root = tmp_path_factory.mktemp("runs")
    write_inputs(root)
    return root


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another device, on which runs take one step, measure held-out data, and write nothing."""
    autocast = torch.autocast
    monkeypatch.setattr(torch, "autocast", lambda _, *given, **named: autocast("cpu", *given, **named))
    # There are no sparse tensors elsewhere.
    embedding = auto_decoding.embedding
    monkeypatch.setattr(auto_decoding, "embedding", lambda *given: _dense(embedding(*given)))
    for name in LOOPED:
        module = importlib.import_module(f"latentmapper.make.training.{name}")
        monkeypatch.setattr(module, "train", _one_step)
    monkeypatch.setattr(contrast, "_write", lambda *_: None)
    monkeypatch.setattr(translator, "export_translator", lambda *_: None)
    monkeypatch.setattr("latentmapper.make.training.checkpoint.save", lambda *_, **__: None)
    with OtherDevice(), Indices():
        yield


def _dense(table: torch.nn.Embedding) -> torch.nn.Embedding:
    table.sparse = False
    return table


def _one_step(task: Task, *_: Any, **__: Any) -> None:
    """In place of `loop.train`."""
    loss = task.loss(0)[0]
    loss.backward()
    parameters = [each for module in task.modules.values() for each in module.parameters()]
    assert isinstance(loss, Elsewhere) and bool(loss.isfinite())
    assert all(isinstance(each.data, Elsewhere) for each in parameters)
    assert any(each.grad is not None for each in parameters)
    task.validate(1)


@pytest.mark.parametrize("name", list(RUNS))
def test_no_tensor_of_a_step_stays_behind(root: Path, tmp_path: Path, elsewhere: None, name: str) -> None:
    RUNS[name](root, tmp_path / name, Process(device=DEVICE))


def test_what_stays_behind_is_found(elsewhere: None) -> None:
    there = torch.ones(2).to(DEVICE)
    assert (there * 2 + torch.tensor(1.0)).sum().item() == 6
    assert there[[0]].cpu().tolist() == there[torch.tensor([1])].cpu().tolist() == [1]
    with pytest.raises(RuntimeError, match="on the processor and on another device"):
        torch.add(there, torch.ones(2))


@pytest.mark.parametrize(
    ("name", "there", "chosen"),
    [
        ("auto", 0, "cpu"),
        ("auto", 2, "cuda:1"),
        ("cpu", 2, "cpu"),
        ("cuda", 2, "cuda:1"),
        ("cuda:0", 2, "cuda:0"),
    ],
)
def test_a_device_is_chosen(monkeypatch: pytest.MonkeyPatch, name: str, there: int, chosen: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: there)
    assert choose(name, local=1) == torch.device(chosen)


@pytest.mark.parametrize(
    ("name", "there", "several", "message"),
    [
        ("gpu", 0, False, "--device gpu: choose auto, cpu, cuda or cuda:N"),
        ("cuda:x", 2, False, "--device cuda:x: choose auto"),
        ("cuda:1", 2, True, "--device cuda:1: each process takes a GPU of its own; say --device cuda"),
        ("cuda", 0, False, "--device cuda: PyTorch sees no GPU; install its build for yours, or say cpu"),
        ("cuda:2", 2, False, "--device cuda:2: PyTorch sees 2 GPUs, numbered from 0"),
    ],
)
def test_a_device_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, there: int, several: bool, message: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: there)
    with pytest.raises(UsageError, match=message):
        choose(name, several=several)


def test_the_command_names_the_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_store(tmp_path / "store")
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run")]
    assert run([*arguments, "--device", "tpu"]) == 2
    assert "--device tpu: choose auto, cpu, cuda or cuda:N" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
