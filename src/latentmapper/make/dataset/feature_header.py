"""The header of a folder of features: what they were made of, so that two kinds are never mixed."""

from typing import Any, TypeVar

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.records import record_of
from latentmapper.places import Place

HEADER = "features.json"
R = TypeVar("R")


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


def read_finished(folder: Place, kind: type[R]) -> tuple[dict[str, Any], list[R]]:
    """The header of a folder of finished features, and its records as they should be.

    Raises `StoreError` where they are not finished, or the header is damaged.
    """
    header = read_header(folder / HEADER)
    if "records" not in header:
        raise StoreError(f"no finished features in {folder}; make them with: latentmapper data features")
    try:
        for name, wanted in (("records", list), ("vit_sha256", str), ("grid", int)):
            if not isinstance(header.get(name), wanted):
                raise ValueError(f'"{name}" is missing or damaged')
        return header, [record_of(kind, record) for record in header["records"]]
    except (TypeError, ValueError) as error:
        raise StoreError(f"{folder / HEADER} cannot be read ({error})") from error


def check_header(path: Place, header: dict[str, Any]) -> None:
    """Write the header of a folder of features, or refuse to mix two kinds. Raises `StoreError`."""
    refuse_others(path, header)
    if not path.is_file():
        files.write_json(path, header)


def refuse_others(path: Place, header: dict[str, Any]) -> None:
    """Refuse a folder that holds features of another kind. Raises `StoreError`."""
    if not (there := read_header(path)):
        return
    # Folders from before a field was there: which head found the object, and how exactly, they do not tell.
    older = {"kind": "pooled", "closer": False, "located": False, "neighbours": 0.0}
    found = older | {name: header.get(name) for name in ("location", "precision")} | there
    if differing := [key for key in header if found.get(key) != header[key]]:
        raise StoreError(f"{path.parent} holds features of another {differing[0]}; choose another folder")
