"""The header of a folder of features: what they were made of, so that two kinds are never mixed."""

import json
from typing import Any

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.places import Place

HEADER = "features.json"


def read_header(path: Place) -> dict[str, Any]:
    """What the header of a folder says; nothing where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def check_header(path: Place, header: dict[str, Any]) -> None:
    """Write the header of a folder of features, or refuse to mix two kinds. Raises `StoreError`."""
    if path.is_file():
        refuse_others(path, header)
    else:
        files.write_json(path, header)


def refuse_others(path: Place, header: dict[str, Any]) -> None:
    """Refuse a folder that holds features of another kind. Raises `StoreError`."""
    if not path.is_file():
        return
    found = {"kind": "pooled", "located": False, "neighbours": 0.0} | json.loads(path.read_text())
    if differing := [key for key in header if found.get(key) != header[key]]:
        raise StoreError(f"{path.parent} holds features of another {differing[0]}; choose another folder")
