"""The header of a folder of features: what they were made of, so that two kinds are never mixed."""

from typing import Any

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.places import Place

HEADER = "features.json"


def read_header(path: Place) -> dict[str, Any]:
    """What the header of a folder says, nothing where there is none. Raises `StoreError` if it is damaged."""
    try:
        header = files.parse_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error})") from error
    if not isinstance(header, dict):
        raise StoreError(f"{path} cannot be read (it is no header)")
    return header


def check_header(path: Place, header: dict[str, Any]) -> None:
    """Write the header of a folder of features, or refuse to mix two kinds. Raises `StoreError`."""
    refuse_others(path, header)
    if not path.is_file():
        files.write_json(path, header)


def refuse_others(path: Place, header: dict[str, Any]) -> None:
    """Refuse a folder that holds features of another kind. Raises `StoreError`."""
    if not (there := read_header(path)):
        return
    # Folders from before a field was there: which head found the object, they do not tell.
    older = {"kind": "pooled", "located": False, "neighbours": 0.0, "location": header.get("location")}
    found = older | there
    if differing := [key for key in header if found.get(key) != header[key]]:
        raise StoreError(f"{path.parent} holds features of another {differing[0]}; choose another folder")
