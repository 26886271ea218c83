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
