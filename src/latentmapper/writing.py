"""Writing results: atomic, and with the system's reason where it fails."""

import glob
import time
from contextlib import suppress
from pathlib import Path

from latentmapper import files
from latentmapper.errors import LatentMapperError, UsageError
from latentmapper.places import Place, Remote

STALE = 10.0
"""Seconds after which an unfinished file cannot be another process's at work."""


class OutputError(LatentMapperError):
    """A result cannot be written: no permission, no such drive, a full disk."""


def write_result(path: Path, data: bytes, durable: bool = False) -> None:
    """Write `data` to `path`, whole or not at all.

    Parameters
    ----------
    durable : as in `files.write_bytes`.

    Raises
    ------
    OutputError : with the system's reason, on one line.
    """
    try:
        _sweep(path)
        files.write_bytes(path, data, durable)
    except OSError as error:
        raise output_error(path, error) from None


def require_folder(folder: Place) -> None:
    """Raise `UsageError` where a file is in the way of a folder for results; to be asked before any work."""
    if isinstance(folder, Remote):
        return
    there = next((each for each in (folder, *folder.parents) if each.exists()), None)
    if there is not None and not there.is_dir():
        raise UsageError(f"-o: {there} is a file, and the results need a folder; choose another name")


def output_error(path: Path, error: OSError) -> OutputError:
    """The error that says why a file, or into a folder, could not be written."""
    return OutputError(f"cannot write {path}: {error.strerror or error}")


def _sweep(path: Path) -> None:
    """Remove what a killed run left of the same file, half-written and under another name."""
    if path.parent.is_dir():
        for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
            with suppress(FileNotFoundError):  # another process swept it first
                if time.time() - leftover.stat().st_mtime > STALE:
                    leftover.unlink()
