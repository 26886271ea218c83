"""What a device multiplies fast, and what is said where it does not."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from latentmapper.cli import run
from latentmapper.make.device import warn_of_bfloat16
from tests.make.tiny_store import write_tiny_store

TINY = (
    "--steps 1 --points-per-shape 64 --shapes-per-step 3 --known 0 --shape.code-size 8"
    " --shape.seed-channels 8 --shape.widths 8 8 8 --shape.channels 8 --shape.hidden 16"
)
SLOW = "has no instructions for bfloat16"


def tell(monkeypatch: pytest.MonkeyPatch, machine: str, known: bool) -> None:
    """Make the machine one of this kind, of which PyTorch says so."""
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: known)


@pytest.mark.parametrize(
    ("machine", "known", "device", "warned"),
    [
        ("x86_64", False, "cpu", True),
        ("AMD64", False, "cpu", True),
        ("x86_64", True, "cpu", False),
        ("arm64", False, "cpu", False),
        ("x86_64", False, "cuda", False),
    ],
)
def test_it_warns_where_bfloat16_is_slow(
    machine: str,
    known: bool,
    device: str,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tell(monkeypatch, machine, known)
    warn_of_bfloat16(torch.device(device), "--bfloat16")
    assert (f"--bfloat16: this processor {SLOW}" in caplog.text) == warned


@pytest.mark.parametrize("told", [True, False])
def test_a_training_warns_that_its_option_slows_it(
    told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(monkeypatch, "x86_64", False)
    write_tiny_store(tmp_path / "store")
    arguments = ["train", "shape", str(tmp_path / "store"), "-o", str(tmp_path / "run"), *TINY.split()]
    assert run([*arguments, *(["--bfloat16"] if told else [])]) == 0
    assert (SLOW in capsys.readouterr().err) == told
