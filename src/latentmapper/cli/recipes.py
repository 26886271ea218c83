"""Recipes by name: `--recipe NAME` sets all of a recipe's options, and those named beside it change it."""

from collections.abc import Mapping
from typing import TypeVar

from latentmapper.errors import UsageError

R = TypeVar("R")
FLAG = "--recipe"


def named(argv: list[str], recipes: Mapping[str, R]) -> tuple[str, R]:
    """Name and content of the recipe that a command line names, of the first one where it names none.

    Raises
    ------
    UsageError : there is no such recipe.
    """
    name = next(iter(recipes))
    for i, argument in enumerate(argv):
        if argument == FLAG:
            name = argv[i + 1] if i + 1 < len(argv) else ""
        elif argument.startswith(f"{FLAG}="):
            name = argument.removeprefix(f"{FLAG}=")
    if name not in recipes:
        raise UsageError(f"{FLAG} {name}: unknown; choose {', '.join(recipes)}")
    return name, recipes[name]
