"""A folder of meshes with a `manifest.json` that says what each of them is."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from latentmapper.errors import MeshError, UsageError
from latentmapper.files import parse_json
from latentmapper.make.collections.base import Shape
from latentmapper.make.collections.folder import SUFFIXES, name_of, read_mesh

NAME = "manifest.json"


class Manifest:
    """Meshes listed in `manifest.json`: a list of objects with at least an "id".

    Known keys: "id", "group" (default: the id), "category", "source", "license", "file" (relative to the
    folder; default: CATEGORY/ID.* or ID.*) and "labels". Other keys are ignored, and null is as good as none.
    """

    def __init__(self, path: Path, category: str | None = None) -> None:
        self.path = path
        entries = _read(path / NAME)
        if category is not None:
            entries = [entry for entry in entries if entry.get("category") in (None, category)]
        if not entries:
            wanted = "" if category is None else f" of category {category!r}"
            raise UsageError(f"{path / NAME} lists no shapes{wanted}")
        categories = {entry.get("category", category) for entry in entries}
        if len(categories) > 1:
            named = ", ".join(sorted(categories - {None}))
            raise UsageError(f"{path / NAME} lists several categories; give one of them: {named}")
        self.category = category or next(iter(categories)) or name_of(path)
        self._entries = {entry["id"]: entry for entry in entries}

    def ids(self) -> list[str]:
        """Ids of all shapes, in the manifest's order."""
        return list(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def group(self, shape_id: str) -> str:
        """The group that the manifest names, or the id itself."""
        return str(self._entries[shape_id].get("group", shape_id))

    def source(self, shape_id: str) -> str:
        """The source that the manifest names, or the folder's name."""
        return str(self._entries[shape_id].get("source", name_of(self.path)))

    def license(self, shape_id: str) -> str:
        """The license that the manifest names, or "unknown"."""
        return str(self._entries[shape_id].get("license", "unknown"))

    def load(self, shape_id: str) -> Shape:
        """Read one mesh as it is. Raises `MeshError` where its file is missing or holds none."""
        entry = self._entries[shape_id]
        vertices, faces = read_mesh(self._file(entry))
        return Shape(
            id=shape_id,
            group=self.group(shape_id),
            category=self.category,
            source=self.source(shape_id),
            license=self.license(shape_id),
            vertices=vertices,
            faces=faces,
            labels=entry.get("labels", {}),
        )

    def _file(self, entry: dict[str, Any]) -> Path:
        if "file" in entry:
            return self.path / entry["file"]
        for folder in (self.path / str(entry.get("category", "")), self.path):
            for suffix in SUFFIXES:
                path = folder / f"{entry['id']}{suffix}"
                with suppress(OSError):  # a name that is too long for any file
                    if path.is_file():
                        return path
        raise MeshError(f"{entry['id']} is in the manifest but has no mesh file")


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        entries = parse_json(path.read_text(encoding="utf-8"))
        # Ids and groups are hashed as UTF-8, and stores hold JSON without NaN.
        json.dumps(entries, ensure_ascii=False, allow_nan=False).encode()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read ({error})") from error
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"] for entry in entries
    ):
        raise UsageError(f'{path} must be a list of objects, each with an "id" that is text')
    ids = Counter(entry["id"] for entry in entries)
    if twice := [name for name, count in ids.items() if count > 1]:
        raise UsageError(f"{path} lists {twice[0]} more than once; give every shape an id of its own")
    return [_checked(path, entry) for entry in entries]


def _checked(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is null. Raises `UsageError` where a value is not of its kind."""
    entry = {name: value for name, value in entry.items() if value is not None}
    for name, kind, told in (("file", str, "text"), ("category", str, "text"), ("labels", dict, "an object")):
        if not isinstance(entry.get(name, kind()), kind):
            raise UsageError(f'{path}: "{name}" of {entry["id"]} must be {told}')
    return entry
