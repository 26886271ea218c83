"""Codes on disk: a safetensors file of codes with the ids of the shapes they belong to."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import StoreError
from latentmapper.places import Place


def save_codes(
    path: Place,
    ids: list[str],
    codes: np.ndarray,
    errors: np.ndarray | None = None,
    made_of: str = "",
    recipe: Mapping[str, Any] | None = None,
) -> None:
    """Write codes (n, d) float32 and their shapes' ids, atomically.

    Parameters
    ----------
    errors : (n,) L1 that the fits ended with.
    made_of : SHA-256 of all that they depend on.
    recipe : how they were found, as JSON values.
    """
    arrays: dict[str, np.ndarray] = {"codes": codes.astype(np.float32)}
    if errors is not None:
        arrays["errors"] = errors.astype(np.float32)
    if made_of:  # an array, since the order of metadata in a file is left to chance
        arrays["made_of"] = np.frombuffer(bytes.fromhex(made_of), np.uint8)
    if recipe is not None:
        arrays["recipe"] = np.frombuffer(json.dumps(recipe).encode(), np.uint8)
    files.write_arrays(path, arrays, {"ids": json.dumps(ids)})


def kept_errors(path: Place, made_of: str) -> np.ndarray | None:
    """The errors (n,) beside codes that were made of the same, or None where there are no such codes."""
    try:
        with safe_open(local(path), "np") as file:
            same = file.get_tensor("made_of").tobytes().hex() == made_of
            return file.get_tensor("errors") if same else None
    except (StoreError, OSError, SafetensorError):
        return None


def load_codes(path: Place) -> dict[str, np.ndarray]:
    """Shape id -> code (d,).

    Raises
    ------
    StoreError : the file is not there or holds no codes.
    """
    try:
        with safe_open(local(path), "np") as file:
            ids = files.parse_json(file.metadata()["ids"])
            return dict(zip(ids, file.get_tensor("codes"), strict=True))
    except (StoreError, OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise StoreError(f"{path} holds no codes: {error}") from None
