"""What was made from what: one JSON line a result, in a file beside the results.

A line is appended before the files it speaks of are moved into place, and a result counts as made only if
its files are there as well: a run killed at any moment loses nothing, and does only its last photo again.
Lines and files reach the disk in this order, so that the same holds where the power went.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from latentmapper.batch.shelf import shelf
from latentmapper.files import parse_json
from latentmapper.places import Place

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

    def __init__(self, folder: Place) -> None:
        self.folder = folder
        self.shelf = shelf(folder)
        self._claims: dict[str, str] = {}
        # A folder may hold a hundred thousand results: none is looked for among all of them.
        self._of_key: dict[str, list[Entry]] = defaultdict(list)
        self._of_input: dict[str, list[Entry]] = defaultdict(list)
        self._known: dict[str, set[str]] = defaultdict(set)
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
        digest = self.shelf.digest(name)
        if digest is None:
            return True
        self.refresh(now=True)
        return any(entry.files.get(name) == digest for entry in self._of_input.get(identity, []))

    def knows(self, identity: str) -> bool:
        """Whether any result was made for an input."""
        return identity in self._of_input

    def claims(self) -> dict[str, str]:
        """Stem -> identity of the input whose results are called so."""
        return self._claims.copy()

    def refresh(self, now: bool = False) -> None:
        """Take in the lines that were added since, by this process or by another at work beside it.

        See `Shelf.lines` for the parameter and for what is raised.
        """
        for line in self.shelf.lines(now):
            if (entry := _parse(line)) is not None:
                self._remember(entry)

    def append(self, entry: Entry) -> None:
        """Add a line; returns when it would outlive a power cut. Raises `OutputError` where that fails."""
        self.shelf.add(json.dumps({"schema": SCHEMA, **asdict(entry)}, allow_nan=False))
        self.refresh()

    def _in_place(self, name: str, digest: str) -> bool:
        try:
            found = self.shelf.digest(name)
        except OSError:
            return False
        return found is not None and (found == digest or found not in self._known[name])

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
