"""Where data lies: a path of this machine, or the URL of an object storage that fsspec reads and writes.

A `Remote` does what a `Path` does, as far as data needs it, so that code for one serves both; paths stay
plain and never import fsspec. Keys and regions are fsspec's business: its configuration, or the environment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from latentmapper.errors import LatentMapperError, MissingError, StoreError, UsageError
from latentmapper.extras import missing_extra, require

HINT = 'those of S3 are in: pip install "latentmapper[scale]"'


@dataclass(frozen=True)
class Remote:
    """An object, or a folder of objects, of an object storage.

    Every method raises `FileNotFoundError` where it needs an object that is not there, `MissingError` where
    what speaks to such storages is not installed, and `StoreError` for all else that goes wrong.
    """

    url: str
    """Such as s3://bucket/store, without a slash at its end."""

    def __truediv__(self, name: str) -> "Remote":
        return Remote(f"{self.url}/{name}")

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """What follows the last slash."""
        return self.url.rpartition("/")[2]

    @property
    def parent(self) -> "Remote":
        """The folder it lies in."""
        return Remote(self.url.rpartition("/")[0])

    def with_name(self, name: str) -> "Remote":
        """Another object of the same folder."""
        return self.parent / name

    def exists(self) -> bool:
        """Whether there is such an object or folder."""
        with self._storage() as (storage, key):
            return storage.exists(key)

    def is_file(self) -> bool:
        """Whether there is such an object."""
        with self._storage() as (storage, key):
            return storage.isfile(key)

    def sizes(self) -> dict[str, int]:
        """The objects below this folder, by their path from here, and how many bytes each has."""
        with self._storage() as (storage, key):
            start = len(key.rstrip("/")) + 1
            return {name[start:]: found["size"] for name, found in storage.find(key, detail=True).items()}

    def read_bytes(self) -> bytes:
        """The whole object."""
        with self._storage() as (storage, key):
            return storage.cat_file(key)

    def read_text(self, encoding: str = "utf-8") -> str:
        """The whole object as text."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes) -> None:
        """Put the whole object at once: others see the old one or the new one."""
        with self._storage() as (storage, key):
            storage.pipe_file(key, data)

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        if missing_ok and not self.is_file():
            return
        with self._storage() as (storage, key):
            storage.rm_file(key)

    def version(self) -> str:
        """What changes whenever the object does: a hash of its size, time or tag."""
        with self._storage() as (storage, key):
            storage.invalidate_cache()
            return storage.ukey(key)

    @contextmanager
    def _storage(self) -> Iterator[tuple[Any, str]]:
        """The storage, and what it calls this place. Listings are kept by none: others write there too."""
        fsspec = require("fsspec")
        try:
            yield fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except (FileNotFoundError, LatentMapperError):
            raise
        except ImportError as error:
            known = missing_extra(error) if isinstance(error, ModuleNotFoundError) else None
            raise known or MissingError(f"{self.url} needs another package ({error}); {HINT}") from None
        except Exception as error:  # every storage has errors of its own
            raise StoreError(f"{self.url}: {str(error) or type(error).__name__}") from error


Place = Path | Remote
"""Where data lies."""


def place(text: str) -> Place:
    """The place that a user names: a URL where it has a scheme, else a path. Raises `UsageError`."""
    scheme, found, rest = text.partition("://")
    if not found:
        return Path(text)
    if scheme == "file":
        from urllib.request import url2pathname  # brings HTTP and TLS along, and all that writes imports this

        named = urlsplit(text)
        if named.netloc not in ("", "localhost"):
            raise UsageError(f"{text} names the machine {named.netloc}; write file:/// and the whole path")
        return Path(url2pathname(named.path))
    if not rest.strip("/"):
        raise UsageError(f"{text} names no bucket or folder")
    return Remote(text.rstrip("/"))
