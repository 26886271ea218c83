"""Results are written whole or not at all."""

import os
import time
from pathlib import Path

import pytest

from latentmapper.errors import UsageError
from latentmapper.places import Remote
from latentmapper.writing import OutputError, require_folder, write_result


def test_what_a_killed_run_left_is_swept_when_the_file_is_made(tmp_path: Path) -> None:
    old, new = (tmp_path / f".car.glb.{name}.partial" for name in ("old", "new"))
    old.write_text("half")
    os.utime(old, (time.time() - 60, time.time() - 60))
    new.write_text("another process is at it")
    write_result(tmp_path / "car.glb", b"whole")
    assert not old.exists() and new.exists() and (tmp_path / "car.glb").read_bytes() == b"whole"


def test_what_another_process_swept_meanwhile_is_no_failure(tmp_path: Path, monkeypatch) -> None:
    gone = tmp_path / ".car.glb.gone.partial"
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: iter([gone]))
    write_result(tmp_path / "car.glb", b"whole")
    assert (tmp_path / "car.glb").read_bytes() == b"whole"


def test_a_write_that_fails_midway_leaves_the_old_file(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "car.glb"
    path.write_bytes(b"old")

    def fail(self: Path, data: bytes) -> int:
        raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match=r"cannot write .*car\.glb: Disk quota exceeded"):
        write_result(path, b"new")
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("notes")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "a" / "b"):
        with pytest.raises(
            UsageError, match=r"^-o: .*taken is a file, and the results need a folder; choose"
        ):
            require_folder(folder)
    require_folder(tmp_path)
    require_folder(tmp_path / "none" / "yet")
    require_folder(Remote("memory://bucket/none"))
