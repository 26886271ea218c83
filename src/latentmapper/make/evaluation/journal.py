"""What is known of one shape so far, picture by picture, so that a stopped evaluation goes on there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latentmapper.files import appending, write_text

Entry = dict[str, Any]
"""One picture as JSON."""


class Journal:
    """Entries in the order of the protocol's pictures: one line of a file each, after a line that names them.

    Entries of another name are not taken, nor is a line that was being written when the run was stopped.
    Every line holds its number, so that two workers at one shape, which write the same, may share the file.

    Parameters
    ----------
    path : the file; None keeps entries in memory alone.
    name : what the entries depend on, as a JSON object.
    """

    def __init__(self, path: Path | None = None, name: Entry | None = None) -> None:
        self._path, self._name = path, name or {}
        self.entries = _read(path, self._name) if path else []
        if path and not self.entries:
            self.remove()

    def add(self, entry: Entry) -> Entry:
        """Keep the entry of the next picture, and return it as it will be read."""
        if self._path:
            self._append(self._path, [len(self.entries), entry])
        self.entries.append(entry)
        return entry

    def remove(self) -> None:
        """Delete the file: the shape is finished, or its entries are of no use."""
        if self._path:
            self._path.unlink(missing_ok=True)

    def _append(self, path: Path, numbered: list[Any]) -> None:
        if not path.exists():
            write_text(path, f"{_line(self._name)}\n")
        with appending(path) as note:
            note(_line(numbered))


def _line(value: Entry | list[Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _read(path: Path, name: Entry) -> list[Entry]:
    """Entries of that name; what is unfinished or unreadable is cut off the file, with all that follows."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError):
        return []
    if not lines or _parsed(lines[0]) != name:
        return []
    found: list[Entry] = []
    for number, entry in _numbered(lines[1:]):
        if number not in range(len(found) + 1):
            break
        if number == len(found):  # a lower one is of another run, and the same
            found.append(entry)
    write_text(path, "".join(f"{_line(value)}\n" for value in [name, *map(list, enumerate(found))]))
    return found


def _numbered(lines: list[str]) -> Iterator[tuple[Any, Any]]:
    """Numbers and entries up to the first line that is neither."""
    for line in lines:
        match _parsed(line):
            case [number, entry]:
                yield number, entry
            case _:
                return


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
