"""The folder of results, of this machine or of a storage, with lines beside them that say what was made."""

import os
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from latentmapper.errors import StoreError
from latentmapper.files import sha256_of_bytes, sha256_of_file
from latentmapper.places import Place, Remote
from latentmapper.writing import OutputError, output_error, write_result

NAME = ".latentmapper.jsonl"
"""File of lines in a folder of this machine."""
LINES = ".latentmapper"
"""Folder of objects of lines in one of an object storage."""
MOST_LINES = 256
"""In one such object: it is put anew with every line."""
EVERY = 30.0
"""Seconds after which a storage is asked again for the lines of others: requests, where a file costs none."""

P = TypeVar("P", Path, Remote)


class Shelf(ABC, Generic[P]):
    """A folder of results; it need not exist yet."""

    def __init__(self, folder: P) -> None:
        self.folder = folder

    @abstractmethod
    def lines(self, now: bool = False) -> Iterator[bytes]:
        """The whole lines that were added since the last call, by whomever.

        Parameters
        ----------
        now : also those of others that a storage was asked for just before.

        Raises
        ------
        OutputError : they cannot be read.
        """

    @abstractmethod
    def add(self, line: str) -> None:
        """Add a line; returns when it would outlive a power cut. Raises `OutputError` where that fails."""

    @abstractmethod
    def digest(self, name: str) -> str | None:
        """SHA-256 of a file; None where there is none. Raises `OSError` for one that cannot be read."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all; as `add`."""


def shelf(folder: Place) -> "Shelf[Path] | Shelf[Remote]":
    """What keeps results in a folder."""
    return Objects(folder) if isinstance(folder, Remote) else Files(folder)


class Files(Shelf[Path]):
    """A folder of this machine: lines are appended to one file, by all processes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / NAME
        self._read_to = 0
        """Bytes of the file that are known: whole lines."""
        self._ends_in_newline = True

    def lines(self, now: bool = False) -> Iterator[bytes]:
        """See `Shelf`."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read_to)
                data = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return  # where the folder cannot be made either, writing says so
        except OSError as error:
            raise OutputError(f"cannot read {self._path}: {error.strerror}") from None
        whole = data.rfind(b"\n") + 1
        self._read_to += whole
        self._ends_in_newline = whole == len(data)
        yield from data[:whole].splitlines()

    def add(self, line: str) -> None:
        """See `Shelf`."""
        start = "" if self._ends_in_newline else "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                self._ends_in_newline = False
                file.write(f"{start}{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise output_error(self.folder, error) from None

    def digest(self, name: str) -> str | None:
        """See `Shelf`."""
        try:
            return sha256_of_file(self.folder / name)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, content: bytes) -> None:
        """See `Shelf`."""
        write_result(self.folder / name, content, durable=True)


class Objects(Shelf[Remote]):
    """A folder of an object storage: objects cannot grow, so each process puts lines of its own there."""

    def __init__(self, folder: Remote) -> None:
        super().__init__(folder)
        self._lines = folder / LINES
        self._own: list[str] = []
        """Lines of the object that this process puts."""
        self._unread: list[str] = []
        """Those of them that `lines` has not given yet."""
        self._sizes: dict[str, int] = {}
        """Bytes that are known of each object of lines."""
        self._asked = float("-inf")
        self._begin()

    def _begin(self) -> None:
        self._name, self._own = f"{secrets.token_hex(8)}.jsonl", []

    def lines(self, now: bool = False) -> Iterator[bytes]:
        """See `Shelf`."""
        unread, self._unread = self._unread, []
        yield from (line.encode() for line in unread)
        if now or time.monotonic() - self._asked > EVERY:
            self._asked = time.monotonic()
            yield from self._of_others()

    def _of_others(self) -> Iterator[bytes]:
        with _telling("read"):
            sizes = self._lines.sizes()
        for name in sorted(sizes):
            known = self._sizes.get(name, 0)
            if sizes[name] > known:
                with _telling("read"):
                    data = (self._lines / name).read_bytes()
                self._sizes[name] = len(data)
                yield from data[known:].splitlines()

    def add(self, line: str) -> None:
        """See `Shelf`."""
        if len(self._own) == MOST_LINES:
            self._begin()
        self._own.append(f"{line}\n")
        data = "".join(self._own).encode()
        self._put(self._lines / self._name, data)
        self._sizes[self._name] = len(data)
        self._unread.append(line)

    def digest(self, name: str) -> str | None:
        """See `Shelf`."""
        try:
            with _telling("read"):
                return sha256_of_bytes((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """See `Shelf`."""
        self._put(self.folder / name, content)

    def _put(self, place: Remote, data: bytes) -> None:
        with _telling("write"):
            place.write_bytes(data)


@contextmanager
def _telling(verb: str) -> Iterator[None]:
    """Raise `OutputError` for what a storage refuses: it would refuse the next photo as well."""
    try:
        yield
    except StoreError as error:
        raise OutputError(f"cannot {verb} {error}") from None
