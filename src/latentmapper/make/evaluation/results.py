"""The results.json files of `latentmapper evaluate`, read again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentmapper.errors import MissingError, UsageError
from latentmapper.make.evaluation.report import FORMAT


def read_results(path: Path, parts: Sequence[str], flag: str = "") -> dict[str, Any]:
    """A results.json that has all the parts that are wanted.

    Parameters
    ----------
    parts : keys of the file.
    flag : the option that named the file, which errors begin with.

    Raises
    ------
    MissingError : no such file.
    UsageError : it holds no results, or those of another format.
    """
    named = f"{flag}: {path}" if flag else str(path)
    if path.is_dir():
        raise UsageError(f"{named} is a folder; name the results.json in it")
    if not path.is_file():
        raise MissingError(f"{named} does not exist; make it with: latentmapper evaluate")
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        version, complete = report["format"], report["pack"]["hash"] and all(part in report for part in parts)
    except (ValueError, TypeError, KeyError, RecursionError):
        report, version, complete = {}, FORMAT, False
    if version != FORMAT:
        raise UsageError(f"{named} has format {version}, this version reads format {FORMAT}")
    if not complete:
        raise UsageError(f"{named} is no results.json of latentmapper evaluate")
    return report


def require_samples(name: str, report: dict[str, Any]) -> None:
    """Raise `UsageError` where the protocol of a file, or its samples, are not as `evaluate` writes them."""
    try:
        whole = isinstance(report["protocol"]["id"], str) and all(map(_is_whole, report["shapes"]))
    except (AttributeError, KeyError, TypeError):
        whole = False
    if not whole:
        raise UsageError(f"{name} is no results.json of latentmapper evaluate")


def _is_whole(shape: dict[str, Any]) -> bool:
    """Whether a shape is named, and has a number or nothing for every view of every cell."""
    texts = [shape[name] for name in ("id", "group", "origin", "sha256")]
    cells = [cell for cells in shape["samples"].values() for cell in cells.values()]
    columns = [(values, len(cell["view"])) for cell in cells for values in cell.values()]
    return all(isinstance(text, str) for text in texts) and all(
        len(values) == count and all(value is None or isinstance(value, int | float) for value in values)
        for values, count in columns
    )
