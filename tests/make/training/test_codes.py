"""Codes survive a round trip, and a file that holds none is refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.make.training.codes import load_codes, save_codes


def test_codes_come_back_by_their_ids(tmp_path: Path) -> None:
    codes = np.arange(6, dtype=np.float32).reshape(2, 3)
    save_codes(tmp_path / "codes.safetensors", ["a", "b"], codes)
    found = load_codes(tmp_path / "codes.safetensors")
    assert list(found) == ["a", "b"]
    np.testing.assert_array_equal(found["b"], codes[1])


def test_codes_that_are_not_as_many_as_their_ids_are_refused(tmp_path: Path) -> None:
    save_codes(tmp_path / "codes.safetensors", ["a"], np.zeros((2, 3), np.float32))
    with pytest.raises(StoreError, match="holds no codes: zip"):
        load_codes(tmp_path / "codes.safetensors")


@pytest.mark.parametrize("content", [b"", b"not safetensors at all", b"\xff" * 64])
def test_a_file_without_codes_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "codes.safetensors").write_bytes(content)
    with pytest.raises(StoreError, match="holds no codes"):
        load_codes(tmp_path / "codes.safetensors")
    with pytest.raises(StoreError, match="holds no codes"):
        load_codes(tmp_path / "missing.safetensors")
