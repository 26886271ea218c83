"""What a killed server left in a temporary folder goes, and nothing else does."""

import os
import tempfile
from pathlib import Path

import pytest

from latentmapper.server.leftovers import remove_leftovers
from latentmapper.server.spool import SERVER, Spool


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def used(folder: Path) -> Path:
    """A folder whose server has ended without order."""
    Spool(folder).lock(SERVER, 0).release()
    (folder / f"{SERVER}.lock").touch()  # some systems remove it on release
    (folder / "jobs" / "photo").write_bytes(b"private")
    return folder


def test_a_folder_without_its_server_goes(temporary: Path) -> None:
    used(temporary / "app-1")
    remove_leftovers("app-")
    assert list(temporary.iterdir()) == []


def test_a_folder_that_is_served_stays(temporary: Path) -> None:
    folder = temporary / "app-1"
    held = Spool(folder).lock(SERVER, 0)
    remove_leftovers("app-")
    assert (folder / "jobs").is_dir()
    held.release()


def test_what_is_no_servers_stays(temporary: Path) -> None:
    begun, foreign = temporary / "app-begun", used(temporary / "foreign")
    Spool(begun)
    (temporary / "app-link").symlink_to(foreign)
    (temporary / "app-file").touch()
    remove_leftovers("app-")
    assert {path.name for path in temporary.iterdir()} == {"app-begun", "app-link", "app-file", "foreign"}
    assert (foreign / "jobs" / "photo").is_file()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users have no numbers here")
def test_a_folder_of_another_user_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = used(temporary / "app-1")
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    remove_leftovers("app-")
    assert folder.is_dir()
