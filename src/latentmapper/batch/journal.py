"""What was made from what: one JSON line a result, in a file beside the results.

A line is appended before the files it speaks of are moved into place, and a result counts as made only if
its files are there as well: a run killed at any moment loses nothing, and does only its last photo again.
Lines and files reach the disk in this order, so that the same holds where the power went.
"""

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latentmapper.files import parse_json, sha256_of_file
from latentmapper.writing import OutputError, output_error

NAME = ".latentmapper.jsonl"
SCHEMA = "latentmapper.journal/1"


@dataclass(frozen=True)
class Entry:
    """One result."""

    stem: str
    """Path of the result below the journal's folder, without suffix."""
    input: str
    """Identity of the photo's place."""
    key: str
    """Hash of everything that decides the result: photo, packs, ViT, options."""
    files: dict[str, str]
    """File, relative to the journal's folder -> SHA-256."""
    result: dict[str, Any]
    """What was reported of it."""


class Journal:
    """The results in one folder.

    Parameters
    ----------
    folder : of the results; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME
        self._claims: dict[str, str] = {}
        # A folder may hold a hundred thousand results: none is looked for among all of them.
        self._of_key: dict[str, list[Entry]] = defaultdict(list)
        self._of_input: dict[str, list[Entry]] = defaultdict(list)
        self._known: dict[str, set[str]] = defaultdict(set)
        self._read_to = 0
        """Bytes of the file that are known: whole lines."""
        self._ends_in_newline = True
        self.refresh()

    def finished(self, key: str, names: list[str]) -> Entry | None:
        """The entry that says these files were made for this key, if they are still there.

        A file that somebody changed since counts as there; one that an earlier run left behind, with
        other options, does not. The last files may have been left out.
        """
        for entry in reversed(self._of_key.get(key, [])):
            if entry.files and set(entry.files) == set(names[: len(entry.files)]):
                return entry if all(self._in_place(*item) for item in entry.files.items()) else None
        return None

    def replaceable(self, name: str, identity: str) -> bool:
        """Whether a file is missing, or was made for the same input and left as it was.

        Raises
        ------
        OSError : something is there that is no file, or that may not be read.
        """
        try:
            digest = sha256_of_file(self.folder / name)
        except (FileNotFoundError, NotADirectoryError):
            return True
        return any(entry.files.get(name) == digest for entry in self._of_input.get(identity, []))

    def knows(self, identity: str) -> bool:
        """Whether any result was made for an input."""
        return identity in self._of_input

    def claims(self) -> dict[str, str]:
        """Stem -> identity of the input whose results are called so."""
        return self._claims.copy()

    def refresh(self) -> None:
        """Take in the lines that were added since, by this process or by another at work beside it.

        Raises
        ------
        OutputError : the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_to)
                data = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return  # where the folder cannot be made either, writing says so
        except OSError as error:
            raise OutputError(f"cannot read {self.path}: {error.strerror}") from None
        whole = data.rfind(b"\n") + 1
        self._read_to += whole
        self._ends_in_newline = whole == len(data)
        for line in data[:whole].splitlines():
            if (entry := _parse(line)) is not None:
                self._remember(entry)

    def append(self, entry: Entry) -> None:
        """Add a line; returns when it would outlive a power cut. Raises `OutputError` where that fails."""
        line = json.dumps({"schema": SCHEMA, **asdict(entry)}, allow_nan=False) + "\n"
        if not self._ends_in_newline:
            line = "\n" + line
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                self._ends_in_newline = False
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise output_error(self.folder, error) from None
        self.refresh()

    def _in_place(self, name: str, digest: str) -> bool:
        try:
            found = sha256_of_file(self.folder / name)
        except OSError:
            return False
        return found == digest or found not in self._known[name]

    def _remember(self, entry: Entry) -> None:
        self._claims[entry.stem] = entry.input
        self._of_key[entry.key].append(entry)
        self._of_input[entry.input].append(entry)
        for name, digest in entry.files.items():
            self._known[name].add(digest)


def _parse(line: bytes) -> Entry | None:
    """An entry; None for a line that a killed run left unfinished, or that is none of this version."""
    try:
        value: Mapping[str, Any] = parse_json(line)
        names, files = (value["stem"], value["input"], value["key"]), dict(value["files"])
        texts = (*names, *files, *files.values())
        if value["schema"] != SCHEMA or not all(isinstance(text, str) for text in texts):
            return None
        return Entry(*names, files, dict(value["result"]))
    except (ValueError, KeyError, TypeError):
        return None
