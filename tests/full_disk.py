"""A disk that has room for so many more files: the next is cut short, as by the system."""

import errno
from itertools import count
from pathlib import Path

import pytest


def fill_up(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Let `room` more files be written, and of each further one half."""
    write, written = Path.write_bytes, count()

    def write_or_fail(self: Path, data: bytes) -> int:
        if next(written) < room:
            return write(self, data)
        write(self, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_or_fail)


def unfinished(folder: Path) -> list[Path]:
    """What lies in a folder half-written."""
    return list(folder.rglob("*.partial"))
