"""What is known of one shape so far, picture by picture, so that a stopped evaluation goes on there."""

import json
from pathlib import Path
from typing import Any

from latentmapper.files import write_text

Entry = dict[str, Any]
"""One picture as JSON."""


class Journal:
    """Entries in the order of the protocol's pictures: one line of a file each, after a line that names them.

    Entries of another name are not taken, nor is a line that was being written when the run was stopped.

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
            self._append(self._path, entry)
        self.entries.append(entry)
        return entry

    def remove(self) -> None:
        """Delete the file: the shape is finished, or its entries are of no use."""
        if self._path:
            self._path.unlink(missing_ok=True)

    def _append(self, path: Path, entry: Entry) -> None:
        if not path.exists():
            write_text(path, _line(self._name))
        with path.open("a", encoding="utf-8") as file:
            file.write(_line(entry))


def _line(value: Entry) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False) + "\n"


def _read(path: Path, name: Entry) -> list[Entry]:
    """Entries of that name; what is unfinished or unreadable is cut off the file, with all that follows."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError):
        return []
    found: list[Entry] = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    if not found or found[0] != name:
        return []
    write_text(path, "".join(map(_line, found)))
    return found[1:]
