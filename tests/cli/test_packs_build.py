"""`latentmapper packs build` wants one way to tell whether a picture shows the category."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from latentmapper.cli import run
from latentmapper.files import write_json
from latentmapper.make.dataset.features import FeatureRecord
from tests.make.tiny_store import write_tiny_store

pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--positives", "a"], "--positives and --negatives go together"),
        (["--negatives", "a"], "--positives and --negatives go together"),
        (["--presence", "p", "--positives", "a", "--negatives", "b"], "--presence takes the check from"),
    ],
)
def test_two_checks_or_half_a_check_are_refused(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = ["--stores", str(tmp_path), "-o", str(tmp_path / "out"), "--id", "a", "--license", "MIT"]
    assert run(["packs", "build", str(tmp_path), str(tmp_path), *needed, *options]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("header", "message", "code"),
    [
        ({"kind": "tokens"}, "take features of --kind pooled; those in {} are of --kind tokens", 2),
        ({"closer": True}, "{} shows closer looks", 1),
        ({"vit_sha256": "1"}, "hold features of different ViTs", 2),
        ({}, "{} holds no pictures of training shapes", 2),
    ],
)
def test_a_check_of_pictures_that_no_pack_sees_is_refused(
    header: dict, message: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_store(tmp_path / "store")
    good = {"format": 1, "vit_sha256": "0", "kind": "pooled", "grid": 1, "records": []}
    for name, more in (("a", {}), ("b", header)):
        (tmp_path / name).mkdir()
        write_json(tmp_path / name / "features.json", good | more)
    if not header:
        save_file({"descriptors": np.zeros((2, 12), np.float16)}, tmp_path / "a" / "0.safetensors")
        shown = vars(FeatureRecord("a", "a", "train", "original", "0.safetensors"))
        write_json(tmp_path / "a" / "features.json", good | {"records": [shown]})
    needed = ["--stores", str(tmp_path / "store"), "-o", str(tmp_path / "out"), "--id", "a"]
    chosen = ["--positives", str(tmp_path / "a"), "--negatives", str(tmp_path / "b")]
    assert run(["packs", "build", str(tmp_path), str(tmp_path), *needed, *chosen]) == code
    assert message.format(tmp_path / "b") in capsys.readouterr().err


def test_no_store_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (["fit", str(tmp_path)], ["packs", "build", str(tmp_path), "m", "--id", "a", "--stores"]):
        assert run([*verb, "-o", str(tmp_path / "out")]) == 2
        assert "name at least one store, made with: latentmapper data build" in capsys.readouterr().err
