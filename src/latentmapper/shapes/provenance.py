"""Where a mesh comes from, written into its file and read back."""

import json
import struct
from collections.abc import Iterator
from functools import cache, partial
from importlib.metadata import version
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from latentmapper.errors import MeshError
from latentmapper.files import parse_json

KEY = "latentmapper"
"""Key in GLB asset extras, and first word of the comment in PLY and OBJ files."""

LENGTH = "length"
"""Key in provenance of the metres from front to rear, in files that are in metres."""

LARGEST = 10_000_000
"""Bytes of a GLB's header, or of a line, that are read; a code takes a few thousand."""

COMMENT_LINES = 50
"""Lines at the head of a PLY or OBJ file among which the comment is looked for."""

MORE = f"{KEY}+"
"""First word of the lines on which the comment goes on."""

WIDTH = 400
"""Letters of JSON on a line: MeshLab refuses files whose header has lines beyond 510 bytes, what reads PLY by
RPly (Open3D, CloudCompare) those beyond 1,023."""


@cache
def generator() -> str:
    """Name and version of the program, as files carry it."""
    return f"{KEY} {version(KEY)}"


def sized(provenance: dict[str, Any], length: float | None) -> dict[str, Any]:
    """Provenance that tells the length: metres from front to rear; None for a file in canonical units."""
    return provenance if length is None else provenance | {LENGTH: float(length)}


def comments(provenance: dict[str, Any]) -> list[str]:
    """Provenance as lines of ASCII that any reader's buffer holds."""
    text = json.dumps(provenance, sort_keys=True, allow_nan=False)
    parts = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    return [f"{KEY} {parts[0]}", *(f"{MORE} {part}" for part in parts[1:])]


def read_provenance(path: Path) -> dict[str, Any] | None:
    """Provenance in a GLB, PLY or OBJ file; None if it has none, as STL files do.

    Raises
    ------
    MeshError
        If the file cannot be read.
    """
    try:
        if Path(path).suffix.lower() == ".glb":
            return _from_glb(Path(path))
        if Path(path).suffix.lower() in (".ply", ".obj"):
            return _from_comments(Path(path))
    except (OSError, ValueError, struct.error) as error:
        raise MeshError(f"{path}: its provenance cannot be read: {error}") from error
    return None


def _from_glb(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        magic, _, _, size, _ = struct.unpack("<4sIIII", file.read(20))
        if magic != b"glTF":
            raise ValueError("not a GLB file")
        if size > LARGEST:
            raise ValueError("its header is too large")
        held: Any = parse_json(file.read(size))
    for name in ("asset", "extras", KEY):
        held = held.get(name, {}) if isinstance(held, dict) else None
    if not isinstance(held, dict):
        raise ValueError("its header is none of a GLB")
    return held or None


def _from_comments(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        lines = iter(partial(file.readline, LARGEST), b"")
        for line in islice(lines, COMMENT_LINES):
            text = line.rstrip(b"\r\n")
            for mark in (b"# ", b"comment "):
                start = mark + KEY.encode() + b" {"
                if text.startswith(start):
                    return parse_json(text[len(start) - 1 :] + _continued(lines, mark))
            if text == b"end_header":
                break
    return None


def _continued(lines: Iterator[bytes], mark: bytes) -> bytes:
    """What stands on the lines on which a comment goes on. Raises `ValueError` where that is too much."""
    start, found = mark + MORE.encode() + b" ", bytearray()
    for line in takewhile(lambda line: line.startswith(start), lines):
        found += line[len(start) :].rstrip(b"\r\n")
        if len(found) > LARGEST:
            raise ValueError("its comment is too large")
    return bytes(found)
