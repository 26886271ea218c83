"""Lines of manifests as records: they may be of others, and be anything."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_origin

from latentmapper.files import parse_object

R = TypeVar("R")


def record_of(kind: type[R], values: Mapping[str, Any]) -> R:
    """A record of some dataclass, whose every field has the type that it is said to have.

    Raises
    ------
    TypeError : fields are missing, or there are others.
    ValueError : one is of another type; the message names it.
    """
    record = kind(**values)
    for name, wanted in _types(kind).items():
        if not isinstance(getattr(record, name), wanted):
            raise ValueError(f'"{name}" is {values[name]!r}')
    return record


def parse_record(kind: type[R], line: str) -> R:
    """The same from a line of JSON; `ValueError` also where that is no object."""
    return record_of(kind, parse_object(line))


@cache
def _types(kind: Any) -> dict[str, Any]:
    """What `isinstance` can tell of the fields: of lists and objects not what they hold."""
    found = {field.name: field.type for field in fields(kind)}
    return {name: of if (of := get_origin(told)) in (dict, list) else told for name, told in found.items()}
