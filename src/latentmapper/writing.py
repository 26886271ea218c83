"""Writing results: atomic, and with the system's reason where it fails."""

from pathlib import Path

from latentmapper import files
from latentmapper.errors import LatentMapperError


class OutputError(LatentMapperError):
    """A result cannot be written: no permission, no such drive, a full disk."""


def write_result(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all.

    Raises
    ------
    OutputError : with the system's reason, on one line.
    """
    try:
        files.write_bytes(path, data)
    except OSError as error:
        raise output_error(path, error) from None


def output_error(path: Path, error: OSError) -> OutputError:
    """The error that says why `path` could not be written."""
    return OutputError(f"cannot write {path}: {error.strerror or error}")
