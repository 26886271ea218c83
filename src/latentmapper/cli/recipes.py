"""Recipes by name: `--recipe NAME` sets all of a recipe's options, and those named beside it change it."""

from collections.abc import Mapping
from typing import TypeVar

from latentmapper.errors import UsageError

R = TypeVar("R")
FLAG = "--recipe"


def named(argv: list[str], recipes: Mapping[str, R], flag: str = FLAG) -> tuple[str, R]:
    """Name and content of the recipe that a command line names, of the first one where it names none.

    It decides what other options there are, or their defaults, so it is read before them.

    Parameters
    ----------
    flag : the option that names it.

    Raises
    ------
    UsageError : there is no such recipe.
    """
    name = next(iter(recipes))
    for i, argument in enumerate(argv):
        if argument == flag:
            name = argv[i + 1] if i + 1 < len(argv) else ""
        elif argument.startswith(f"{flag}="):
            name = argument.removeprefix(f"{flag}=")
    if name not in recipes:
        raise UsageError(f"{flag} {name}: unknown; choose {', '.join(recipes)}")
    return name, recipes[name]
