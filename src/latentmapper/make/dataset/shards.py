"""Shards, the safetensors files of stores, views and features, as memory-mapped arrays.

What is touched is read, and dropped again where memory is short, so that memory does not grow with what
lies on disk. A mapping holds a file descriptor for as long as one of its arrays lives: hold few at a time.

A shard is checked when this process first opens it, and again whenever its file has changed: its hash, since
a damaged shard would be learned from in silence, and its header, by safetensors. Hashing takes longer than
drawing samples does: at every opening it would cost more than all else.
"""

import json
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.cache import local
from latentmapper.errors import LatentMapperError, StoreError
from latentmapper.files import sha256_of_file
from latentmapper.places import Place

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1"}
"""What is written, as safetensors calls it and as NumPy does."""
HASH = re.compile("[0-9a-f]{64}")


def open_shard(folder: Place, file: str, sha256: str | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of a shard by name, read-only.

    Parameters
    ----------
    file : its path below the folder, as a manifest has it.
    sha256 : hexadecimal hash of the file, as a manifest has it; None where no hash is kept.

    Raises
    ------
    StoreError : it is missing or damaged, or the manifest names what cannot be a shard.
    """
    with damage_told(folder, file):
        return _mapped(_local(folder, file, sha256), sha256)


@contextmanager
def damage_told(folder: Place, file: str) -> Iterator[None]:
    """Around the reading of a shard: whatever its bytes may lead to becomes a `StoreError` that names it."""
    try:
        yield
    except LatentMapperError:
        raise
    except Exception as error:
        raise StoreError(f"{folder / file} is missing or damaged ({error})") from error


@cache
def _local(folder: Place, file: str, sha256: str | None) -> Path:
    """The file of this machine that holds a shard."""
    path, named = folder / file, PurePosixPath(file)
    # Hostile manifests: files of elsewhere, and hashes that would name another file of the cache.
    if named.is_absolute() or ".." in named.parts or not (sha256 is None or HASH.fullmatch(sha256)):
        raise StoreError(f"{path}: the manifest of {folder} is damaged; it names no such shard")
    return local(path, sha256 or "")


def _mapped(path: Path, sha256: str | None) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        status = os.fstat(file.fileno())
    _check(path, sha256, status.st_ino, status.st_size, status.st_mtime_ns)
    start = 8 + int.from_bytes(memory[:8], "little")
    header = json.loads(memory[8:start])
    header.pop("__metadata__", None)
    return {
        name: np.ndarray(e["shape"], DTYPES[e["dtype"]], memory, start + e["data_offsets"][0])
        for name, e in header.items()
    }


@cache
def _check(path: Path, sha256: str | None, *identity: int) -> None:
    """Raise where a file is no shard or another than its hash says.

    identity : differs whenever the content may do so; what was found sound is remembered by it.
    """
    from safetensors import safe_open

    if sha256 is not None and sha256_of_file(path) != sha256:
        fix = "remove it, and run the command that made it again"
        raise StoreError(f"{path} is missing or damaged (its hash is not the manifest's); {fix}")
    with safe_open(path, framework="numpy"):
        pass
