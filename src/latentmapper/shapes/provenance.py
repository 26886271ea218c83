"""Where a mesh comes from, written into its file and read back."""

import json
import struct
from functools import cache, partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from latentmapper.errors import MeshError
from latentmapper.files import parse_json

KEY = "latentmapper"
"""Key in GLB asset extras, and first word of the comment in PLY and OBJ files."""

LARGEST = 10_000_000
"""Bytes of a GLB's header, or of a line, that are read; a code takes a few thousand."""

COMMENT_LINES = 50
"""Lines at the head of a PLY or OBJ file among which the comment is looked for."""


@cache
def generator() -> str:
    """Name and version of the program, as files carry it."""
    return f"{KEY} {version(KEY)}"


def comment(provenance: dict[str, Any]) -> str:
    """Provenance on one line of ASCII."""
    return f"{KEY} {json.dumps(provenance, sort_keys=True, allow_nan=False)}"


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
        header = parse_json(file.read(size))
    return header.get("asset", {}).get("extras", {}).get(KEY)


def _from_comments(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        for line in islice(iter(partial(file.readline, LARGEST), b""), COMMENT_LINES):
            text = line.strip()
            for mark in (b"# ", b"comment "):
                start = mark + KEY.encode() + b" {"
                if text.startswith(start):
                    return parse_json(text[len(start) - 1 :])
            if text == b"end_header":
                break
    return None
