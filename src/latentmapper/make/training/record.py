"""What runs keep of themselves in words, as JSON objects beside their checkpoints."""

from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import StoreError


def read_record(path: Path, *keys: str) -> dict[str, Any]:
    """Read one.

    Parameters
    ----------
    keys : what it has to hold.

    Raises
    ------
    StoreError : it is not there, no JSON object, or lacks one of these.
    """
    try:
        found = files.parse_object(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error})") from None
    if lacking := [key for key in keys if key not in found]:
        raise StoreError(f"{path} does not tell: {', '.join(lacking)}")
    return found
