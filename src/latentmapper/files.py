"""Writing so that a killed run leaves nothing half-written, and naming content by its hash."""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentmapper.places import Place, Remote

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERY = 30.0
"""Seconds of work that are lost at most where an object could not be put."""


@contextmanager
def replacing(path: Place) -> Iterator[Path]:
    """Yield a temporary path; on success it replaces `path`, on failure it is removed."""
    if isinstance(path, Remote):
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "new"
            path.write_bytes((Path(folder) / "new").read_bytes())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    # Not mkstemp: its files are their owner's alone, and asking for the umask changes it for other threads.
    temporary.touch(exist_ok=False)
    try:
        with _naming(path):
            yield temporary
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Place, data: bytes, durable: bool = False) -> None:
    """Write `data` to `path` atomically.

    Parameters
    ----------
    durable : return only when it would outlive a power cut, the path's folder included.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(data)
        if durable:
            _sync(temporary, os.O_RDWR)
    if durable and isinstance(path, Path):
        sync_folder(path.parent)


def write_arrays(
    path: Place, arrays: Mapping[str, "NDArray[Any]"], metadata: dict[str, str] | None = None
) -> str:
    """Write arrays as safetensors, atomically; the file's SHA-256.

    Not by that library's own `save_file`, which tells of a full disk in words alone.
    """
    from safetensors.numpy import save

    data = save(dict(arrays), metadata)
    write_bytes(path, data)
    return sha256_of_bytes(data)


def remove_unfinished(folder: Place) -> None:
    """Remove what killed processes left half-written in a folder, where no others are at work."""
    if isinstance(folder, Remote):  # objects are put whole
        return
    for path in folder.glob(".*.partial"):
        path.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let errors of the system say which file they are about: those of writing do not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder holds."""
    if os.name != "nt":  # Windows opens no folders, and NTFS keeps a journal of names
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Place, text: str) -> None:
    """Write `text` to `path` atomically, as UTF-8 with Unix line ends."""
    write_bytes(path, text.encode())


def write_json(path: Place, value: Any) -> None:
    """Write `value` as indented JSON, atomically; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=1, allow_nan=False) + "\n")


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text that may be hostile.

    Raises
    ------
    ValueError : it is no JSON, no UTF-8, or nested so deeply that it cannot be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse_object(text: str | bytes) -> dict[str, Any]:
    """The same of a text that has to be a JSON object; `ValueError` also where it is none."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return value


@contextmanager
def appending(path: Place) -> Iterator[Callable[[str], None]]:
    """Yield what adds a line, given without its end, to a file of UTF-8; each is on disk at once.

    A line that a full disk or a kill cut short lacks its end. Objects cannot grow: one is put anew every
    `EVERY` seconds, and at the end, whatever ends it.
    """
    if isinstance(path, Remote):
        with _object_growing(path) as add:
            yield add
    else:
        yield partial(_append, path)


def _append(path: Path, line: str) -> None:
    with _naming(path), path.open("ab") as file:
        file.write(f"{line}\n".encode())


@contextmanager
def _object_growing(path: Remote) -> Iterator[Callable[[str], None]]:
    lines, put = [path.read_text()] if path.is_file() else [], time.monotonic()

    def add(line: str) -> None:
        nonlocal put
        lines.append(f"{line}\n")
        if time.monotonic() - put > EVERY:
            path.write_bytes("".join(lines).encode())
            put = time.monotonic()

    try:
        yield add
    finally:
        path.write_bytes("".join(lines).encode())


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; not where the system refuses to say, as of a name too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


def copy(source: Path, target: Path) -> None:
    """Copy the content of a file, atomically."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def sha256_of_bytes(*parts: bytes) -> str:
    """Hexadecimal SHA-256 of the parts, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_json(value: Any) -> str:
    """Hexadecimal SHA-256 of a JSON value, independent of key order."""
    return sha256_of_bytes(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())
