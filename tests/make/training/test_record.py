"""What runs keep of themselves is read with care: a damaged record is named, whatever reads it."""

import dataclasses
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.training.record import read_record
from latentmapper.make.training.shape import train_shape
from tests.make.tiny_store import write_tiny_store
from tests.make.training.test_shape import TINY


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (None, "cannot be read"),
        (b'{"ids": [', "cannot be read"),
        (b"\xff", "cannot be read"),
        (b'["ids"]', "cannot be read (it is no JSON object)"),
        (b'{"ids": []}', "does not tell: tokens"),
    ],
)
def test_what_is_no_record_is_named(written: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "mapper.json"
    if written is not None:
        path.write_bytes(written)
    with pytest.raises(StoreError, match=f"mapper.json {re.escape(told)}"):
        read_record(path, "ids", "tokens")


def test_a_record_is_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "mapper.json").write_text('{"ids": ["one"], "more": 1}')
    assert read_record(tmp_path / "mapper.json", "ids") == {"ids": ["one"], "more": 1}


def test_a_run_with_a_damaged_record_ends_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "shape", dataclasses.replace(TINY, steps=1))
    (tmp_path / "shape" / "shapes.json").write_bytes(b'{"ids"')
    given = ["fit", str(tmp_path / "shape"), str(tmp_path / "store"), "-o", str(tmp_path / "codes")]
    assert run(given) == StoreError.exit_code
    *_, told = capsys.readouterr().err.splitlines()
    assert told.startswith(f"latentmapper fit: {tmp_path / 'shape' / 'shapes.json'} cannot be read")
