"""Codes on disk: a safetensors file of codes with the ids of the shapes they belong to."""

import json

import numpy as np
from safetensors import SafetensorError, safe_open

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import StoreError
from latentmapper.places import Place


def save_codes(path: Place, ids: list[str], codes: np.ndarray, errors: np.ndarray | None = None) -> None:
    """Write codes (n, d) float32 and their shapes' ids, atomically; `errors` (n,) are the fits' L1."""
    arrays = {"codes": codes.astype(np.float32)}
    if errors is not None:
        arrays["errors"] = errors.astype(np.float32)
    files.write_arrays(path, arrays, {"ids": json.dumps(ids)})


def load_codes(path: Place) -> dict[str, np.ndarray]:
    """Shape id -> code (d,).

    Raises
    ------
    StoreError : the file is not there or holds no codes.
    """
    try:
        with safe_open(local(path), "np") as file:
            ids = files.parse_json(file.metadata()["ids"])
            codes = file.get_tensor("codes")
    except (StoreError, OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise StoreError(f"{path} holds no codes: {error}") from None
    return dict(zip(ids, codes, strict=True))
