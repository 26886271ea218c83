"""Files appear whole, and for those who may read the user's others."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentmapper import files


@pytest.fixture
def umask() -> Iterator[int]:
    """One that lets the user's group read."""
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_who_may_read_is_decided_by_the_umask(tmp_path: Path, umask: int) -> None:
    files.write_bytes(tmp_path / "new", b"whole")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o666 & ~umask


def test_writing_leaves_the_umask_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(os, "umask", asked.append)
    files.write_bytes(tmp_path / "new", b"whole")
    assert not asked, "it is the whole process's: two threads would leave each other's"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), files.replacing(tmp_path / "old") as temporary:
        temporary.write_bytes(b"half")
        raise ZeroDivisionError
    assert (tmp_path / "old").read_bytes() == b"old" and [*tmp_path.iterdir()] == [tmp_path / "old"]
