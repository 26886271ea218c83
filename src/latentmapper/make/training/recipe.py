"""Recipes: frozen dataclasses that configure a run, are its CLI, and are saved beside its result."""

import dataclasses
import typing
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeVar

from latentmapper import files
from latentmapper.errors import RecipeError

R = TypeVar("R")


def save_recipe(recipe: Any, path: Path) -> None:
    """Write a recipe as JSON, atomically."""
    files.write_json(path, dataclasses.asdict(recipe))


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
    RecipeError : no JSON object, or a field that this version does not know (it is named).
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
    return kind(**{name: _coerce(hints[name], value, where) for name, value in fields.items()})


def _coerce(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return from_dict(typing.cast(type, hint), value, where)
    return tuple(value) if isinstance(value, list) else value
