"""What the user named, file by file."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from latentmapper.errors import PhotoError, UsageError
from latentmapper.files import is_folder, sha256_of_bytes
from latentmapper.photo.encoded import SUFFIXES
from latentmapper.photo.reading import MAX_BYTES, read_bytes, too_large
from latentmapper.places import Place, Remote

STDIN = "-"
PREVIEW, OVERLAY = ".preview.png", ".overlay.png"


@dataclass(frozen=True)
class Input:
    """One picture to read, or the reason why there is none."""

    name: str
    """What messages call it: its path as the user gave it, or "standard input"."""
    stem: PurePosixPath
    """What its results are called: the path below the folder the user named, without suffix."""
    path: Path | None = None
    """None for standard input."""
    data: bytes | None = None
    """The bytes of standard input, which can be read only once."""
    problem: str | None = None
    """Why there is nothing to read; `read` raises it."""

    def read(self) -> bytes:
        """The encoded picture. Raises `PhotoError` where it cannot be read."""
        if self.problem is not None:
            raise PhotoError(self.problem)
        if self.data is not None:
            return self.data
        assert self.path is not None
        return read_bytes(self.path)

    def identity(self, folder: Place) -> str:
        """What tells this input from others in the journal of a folder, on every run alike."""
        if self.path is None:
            return f"stdin {sha256_of_bytes(self.data or b'')}"
        if isinstance(folder, Remote):
            return _real(self.path).as_posix()
        try:
            return Path(os.path.relpath(_real(self.path), _real(folder))).as_posix()
        except ValueError:  # another drive
            return _real(self.path).as_posix()


def expand(names: Sequence[str]) -> list[Input]:
    """Files, folders (recursively), patterns and "-" to single pictures, each once, in a stable order.

    Raises
    ------
    UsageError : nothing named, or "-" where standard input is a terminal.
    """
    if not all(names) or not names:
        raise UsageError("name at least one picture, a folder of pictures, or - for standard input")
    inputs: dict[Path | str, Input] = {}
    for name in names:
        for found in _expand_one(name):
            key = found.problem or (STDIN if found.path is None else _real(found.path))
            inputs.setdefault(key, found)
    return list(inputs.values())


def _real(path: Path) -> Path:
    """The path without links. Not `Path.resolve`, which raises for a link to itself."""
    return Path(os.path.realpath(path))


def _expand_one(name: str) -> Iterator[Input]:
    path = Path(name)
    if name == STDIN:
        yield _standard_input()
    elif "://" in name:
        problem = f"{name}: an address, not a file; nothing is fetched, so save the picture first"
        yield Input(name, PurePosixPath(path.stem), problem=problem)
    elif is_folder(path):
        yield from _folder(path)
    elif "*" in path.name and (matches := _matches(path)) and not path.exists():
        for match in matches:
            yield from _expand_one(str(match))
    else:
        yield Input(name, PurePosixPath(path.stem), path)


def _matches(pattern: Path) -> list[Path]:
    """What a pattern stands for: shells on Windows leave patterns to the program."""
    # Two asterisks and more reach no deeper than one; by themselves Path.glob would search subfolders.
    return sorted(pattern.parent.glob(re.sub(r"\*+", "*", pattern.name)))


def _standard_input() -> Input:
    if sys.stdin is None or sys.stdin.isatty():
        what = "closed" if sys.stdin is None else "a terminal"
        raise UsageError(f"- reads a picture from standard input, which is {what}; pipe a file into it")
    name, stem, data = "standard input", PurePosixPath("photo"), sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return Input(name, stem, problem=str(too_large(name, MAX_BYTES)))
    return Input(name, stem, data=data)


def _folder(root: Path) -> Iterator[Input]:
    """The pictures below a folder, sorted, then what of it cannot be searched."""
    errors: list[OSError] = []
    found = False
    for folder, subfolders, names in os.walk(root, onerror=errors.append):
        subfolders[:] = sorted(each for each in subfolders if not each.startswith("."))
        for path in (Path(folder, name) for name in sorted(names) if _is_picture(folder, name)):
            found = True
            yield Input(str(path), PurePosixPath(path.relative_to(root).with_suffix("").as_posix()), path)
    problems = [f"{error.filename}: cannot be read ({error.strerror})" for error in errors]
    if not found and not problems:
        problems.append(f"{root}: no pictures in this folder")
    for problem in problems:
        yield Input(str(root), PurePosixPath(root.name), root, problem=problem)


def _is_picture(folder: str, name: str) -> bool:
    """By its name: hidden files, and the previews and overlays of earlier runs, are none.

    Nor are pipes and devices, which may be waited for without end; a link to nowhere is told as missing.
    """
    if name.startswith(".") or name.endswith((PREVIEW, OVERLAY)) or Path(name).suffix.lower() not in SUFFIXES:
        return False
    path = Path(folder, name)
    try:
        return path.is_file() or not path.exists()
    except OSError:  # reading says why
        return True
