"""Recipes: frozen dataclasses that configure a run, are its CLI, and are saved beside its result."""

import dataclasses
import math
import types
import typing
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeVar

from latentmapper import files
from latentmapper.errors import RecipeError

R = TypeVar("R")


def save_recipe(recipe: Any, path: Path) -> None:
    """Write a recipe as JSON, atomically. Raises `RecipeError` for a number that is none, as `nan`."""
    fields = dataclasses.asdict(recipe)
    for name, value in _flat(fields).items():
        if isinstance(value, float) and not math.isfinite(value):
            raise RecipeError(f"--{name.replace('_', '-')} must be a finite number, not {value}")
    files.write_json(path, fields)


def check_begun(recipe: Any, path: Path, free: Collection[str] = ()) -> None:
    """Refuse to go on with a run in another way than it was begun: it would be neither the one nor the other.

    Parameters
    ----------
    path : the run's recipe, or where it will be.
    free : fields that may change on the way: how long it takes, and how much a step holds for each of the
        processes, which another time may be more or fewer.

    Raises
    ------
    RecipeError : the run was begun with another recipe; a field that differs is named.
    """
    if not path.is_file():
        return
    asked = _flat(dataclasses.asdict(recipe))
    for name, begun in _flat(dataclasses.asdict(load_recipe(type(recipe), path))).items():
        if name not in free and asked[name] != begun:
            told = f"{path.parent} holds a run that was begun with {name} {begun}, not {asked[name]}"
            raise RecipeError(f"{told}; go on with that, or choose another --output")


def require_as_many(steps: int, run: Path, option: str = "--steps") -> None:
    """Raise `RecipeError` where a run has taken more steps than an option asks for, which its recipe would
    deny."""
    from latentmapper.make.training import checkpoint

    if (done := checkpoint.step_of(run)) > steps:
        fix = "ask for as many or more, or choose another --output"
        raise RecipeError(f"{run} holds a run of {done} steps, more than {option} {steps}; {fix}")


def require_least(recipe: Any, **least: int) -> None:
    """Raise `RecipeError` for a field below the least it may be: what it divides by, or draws from.

    One that is None leaves the number to what reads it.
    """
    for name, bound in least.items():
        if (value := getattr(recipe, name)) is not None and value < bound:
            raise RecipeError(f"--{name.replace('_', '-')} must be at least {bound}, not {value}")


def require_positive(recipe: Any, *names: str) -> None:
    """Raise `RecipeError` for a field that is not above 0."""
    for name in names:
        if not (value := getattr(recipe, name)) > 0:
            raise RecipeError(f"--{name.replace('_', '-')} must be above 0, not {value}")


def _flat(fields: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Fields of nested recipes by the names that the command line has for them."""
    flat = {}
    for name, value in fields.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return flat


def load_recipe(kind: type[R], path: Path) -> R:
    """Read a recipe of the given dataclass.

    Raises
    ------
    RecipeError : no JSON object, a field that this version does not know, or a value of another kind than
        its field's (either is named).
    """
    try:
        fields = files.parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"recipe {path} cannot be read: {error}") from None
    if not isinstance(fields, dict):
        raise RecipeError(f"recipe {path} is not a JSON object")
    return from_dict(kind, fields, str(path))


def from_dict(kind: type[R], fields: dict[str, Any], where: str) -> R:
    """Build a (nested) recipe from a dictionary; tuples come back from lists."""
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(fields) - known):
        raise RecipeError(
            f"recipe {where} has the unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}"
        )
    hints = typing.get_type_hints(kind)
    return kind(**{name: _coerce(hints[name], value, name, where) for name, value in fields.items()})


def _coerce(hint: Any, value: Any, name: str, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return from_dict(typing.cast(type, hint), value, where)
    coerced = tuple(value) if isinstance(value, list) else value
    if not _fits(hint, coerced):
        raise RecipeError(f"recipe {where} has {value!r} for {name!r}, which is no value of that field")
    return coerced


def _fits(hint: Any, value: Any) -> bool:
    """Whether a value from JSON is of the type that a field is said to have."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(each, value) for each in inner)
    if origin is typing.Literal:
        return value in inner
    if origin is tuple:
        each = inner[:1] * len(value) if isinstance(value, tuple) and inner[1:] == (...,) else inner
        return isinstance(value, tuple) and len(value) == len(each) and all(map(_fits, each, value))
    # In JSON a whole number may stand for any, but true for none.
    kinds = (int, float) if hint is float else hint
    return isinstance(value, kinds) and (hint is bool or not isinstance(value, bool))
