"""`latentmapper packs directions`: sliders enter a pack and are shown."""

from pathlib import Path

import pytest

from latentmapper.cli import run
from latentmapper.pack import Pack
from tests.editing.axes_pack import write_axes_pack

QUICK = ["--tests", "4", "--principal", "1", "--closed-form", "0", "--resolution", "24", "--ridge", "0.1"]


def test_a_pack_gets_sliders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_axes_pack(tmp_path / "pack", shapes=24)
    before = Pack.open(folder).hash
    assert run(["packs", "directions", str(folder), *QUICK]) == 0
    told = capsys.readouterr().out
    assert "| height " in told and told.endswith("4 sliders\n")
    assert Pack.open(folder).hash == before
    assert run(["packs", "show", str(folder)]) == 0
    assert "sliders, for latentmapper edit --move\n  height: lower to taller\n" in capsys.readouterr().out
    assert run(["packs", "verify", str(folder)]) == 0


def test_options_out_of_range_and_unknown_packs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "directions", "car", "--tests", "1"]) == 2
    assert "--tests must be at least 4, not 1" in capsys.readouterr().err
    assert run(["packs", "directions", "tricycle"]) == 2
    assert "no pack 'tricycle'" in capsys.readouterr().err
