"""The user cache: what is costly to make, cheap to lose, and shared by all runs of one user."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from latentmapper.errors import MissingError, StoreError, UsageError
from latentmapper.files import replacing, sha256_of_bytes
from latentmapper.places import Place

REMOTE = "remote"
"""Folder of copies of objects."""
MADE = ("clip-embeddings", "packs", REMOTE, "vit")
"""Folders of what can be made again."""
HASH = re.compile(r"[0-9a-f]{24}")
"""In the path of all that is made. What else lies there is the user's: the weights of a CLIP, or anything, in
folders of any name, where the variable names one that holds other things too."""


@dataclass(frozen=True)
class Entry:
    """One file of the cache."""

    name: str
    """Path below the cache folder, with forward slashes."""
    size: int
    """Bytes."""
    modified: float
    """Seconds since 1970, UTC."""

    @property
    def made(self) -> bool:
        """Whether it can be made again."""
        folder, _, rest = self.name.partition("/")
        return folder in MADE and HASH.search(rest) is not None


def cache_folder() -> Path:
    """The cache's folder; it need not exist. The variable LATENTMAPPER_CACHE names another.

    Raises
    ------
    UsageError : the variable begins with the home folder of a user who has none.
    """
    chosen = os.environ.get("LATENTMAPPER_CACHE")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            raise UsageError(f"LATENTMAPPER_CACHE={chosen}: there is no such user; name a folder") from None
    import platformdirs

    return platformdirs.user_cache_path("latentmapper", appauthor=False)


@contextmanager
def being_written() -> Iterator[None]:
    """Around whatever writes into the cache.

    Raises
    ------
    MissingError : it cannot be written.
    """
    try:
        yield
    except OSError as error:
        reason = f"the cache folder {cache_folder()} cannot be written ({error.strerror or error})"
        raise MissingError(f"{reason}; name another in the variable LATENTMAPPER_CACHE") from None


def local(place: Place, sha256: str = "") -> Path:
    """The file of this machine that holds what lies at `place`: a path itself, or a copy of an object.

    Objects are copied once, named by their content or, where its hash is not known, by their version.

    Parameters
    ----------
    sha256 : of the content, hexadecimal, where it is known.

    Raises
    ------
    StoreError : there is no such object, or it is another than the hash says.
    MissingError : the cache cannot be written.
    """
    if isinstance(place, Path):
        return place
    try:
        name = sha256 or sha256_of_bytes(f"{place} {place.version()}".encode())
        kept = cache_folder() / REMOTE / name[:2] / name
        if kept.is_file():
            return kept
        data = place.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"{place} is missing") from None
    if sha256 and sha256_of_bytes(data) != sha256:
        raise StoreError(f"{place} is damaged: its hash is not the manifest's")
    with being_written(), replacing(kept) as temporary:
        temporary.write_bytes(data)
    return kept


def writable() -> bool:
    """Whether the cache's folder is one that can be written, or made."""
    folder = cache_folder()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.is_dir() and os.access(there, os.W_OK)


def entries() -> list[Entry]:
    """All files of the cache by name; what goes away meanwhile or cannot be looked at is left out."""
    folder = cache_folder()
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            status = path.stat()
        except OSError:  # such as of a link to itself: the folder may hold anything of the user's
            continue
        if path.is_file():
            found.append(Entry(path.relative_to(folder).as_posix(), status.st_size, status.st_mtime))
    return found


def clear() -> int:
    """Remove what can be made again, and nothing of the user's. Returns the bytes that were freed."""
    folder, freed = cache_folder(), 0
    for entry in entries():
        if entry.made:
            with suppress(OSError):  # gone already, or not ours to remove
                (folder / entry.name).unlink()
                freed += entry.size
                _remove_if_empty((folder / entry.name).parent, folder)
    return freed


def _remove_if_empty(inner: Path, folder: Path) -> None:
    """Remove a folder, and those above it up to `folder`, as far as they are empty."""
    for each in (inner, *inner.parents):
        if each == folder:
            return
        each.rmdir()
