"""`latentmapper evaluate`, from store and pack to its two files."""

import json
from pathlib import Path

import numpy as np
import pytest

from latentmapper.cli import run
from latentmapper.make.training.codes import save_codes
from tests.make.evaluation.fakes import write_balls
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch) -> Path:
    write_balls(tmp_path / "store", {"a": "test", "b": "train"})
    write_tiny_pack(tmp_path / "pack")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_writes_numbers_and_table_and_takes_them_again(inputs, capsys):
    command = "evaluate pack store -o out --views-per-shape 1 --resolution 32 --conditions cluttered occluded"
    save_codes(inputs / "codes", ["a"], np.zeros((1, 4)))
    arguments = [*command.split(), "--ceiling", "codes"]
    assert run(arguments) == 0
    report = json.loads((inputs / "out" / "results.json").read_text())
    rows = {(row["condition"], row["method"]): row for row in report["rows"]}
    assert set(rows) == {
        ("cluttered", "pack"),
        ("occluded", "pack"),
        ("any", "mean shape"),
        ("any", "ceiling"),
    }
    # The tiny pack answers every picture with one ellipsoid, which is far from a ball.
    assert rows["any", "ceiling"]["chamfer"]["mean"] == pytest.approx(
        rows["cluttered", "pack"]["chamfer"]["mean"]
    )
    assert rows["any", "ceiling"]["chamfer"]["mean"] > 50
    assert report["command"] == f"latentmapper {command} --ceiling codes"
    assert report["pack"]["id"] == "tiny-car"
    table = (inputs / "out" / "results.md").read_text()
    assert "1/1 shapes" in capsys.readouterr().err
    before = (inputs / "out" / "shapes" / "a.json").stat().st_mtime_ns
    assert run(arguments) == 0
    assert "1 shapes were done by an earlier run" in capsys.readouterr().err
    assert (inputs / "out" / "shapes" / "a.json").stat().st_mtime_ns == before
    assert (inputs / "out" / "results.md").read_text() == table


def test_two_workers_give_what_one_gives(inputs):
    write_balls(inputs / "store", {"a": "test", "c": "test"})
    options = "--views-per-shape 1 --resolution 64 --conditions plain"
    for workers in (1, 2):
        command = f"evaluate pack store -o out{workers} --workers {workers} {options}"
        assert run(command.split()) == 0
    one, two = (json.loads((inputs / f"out{n}" / "results.json").read_text())["rows"] for n in (1, 2))
    assert [(row["method"], row["shapes"]) for row in two] == [("pack", 2), ("mean shape", 2)]
    for expected, row in zip(one, two, strict=True):
        assert row["chamfer"]["mean"] == pytest.approx(expected["chamfer"]["mean"], rel=1e-3)


@pytest.mark.parametrize(
    ("extra", "code", "message"),
    [
        ("--views-per-shape 99", 2, "--views-per-shape must lie in 1..72, not 99"),
        ("--workers 0", 2, "--workers must be at least 1, not 0"),
        ("--limit-shapes 0", 2, "--limit-shapes must be at least 1, not 0"),
        ("--features nowhere", 3, "--features: nowhere does not exist"),
        ("--ceiling nowhere", 3, "--ceiling: nowhere does not exist"),
        ("--split validation", 1, "store has no usable shape in split 'validation'"),
        ("--ceiling pack/arrays.safetensors", 1, "pack/arrays.safetensors holds no codes"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(inputs, capsys, extra, code, message):
    assert run(["evaluate", "pack", "store", *extra.split()]) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_pack_for_another_vit_is_refused(inputs, capsys):
    write_tiny_pack(inputs / "other", vit="0" * 64)
    assert run(["evaluate", "other", "store", "-o", "out"]) == 3
    assert "pack tiny-car was made for another ViT (SHA-256 000000000000..." in capsys.readouterr().err


def test_a_missing_pack_is_named(inputs, capsys):
    assert run(["evaluate", "nowhere", "store"]) == 3
    assert "no pack at nowhere" in capsys.readouterr().err
