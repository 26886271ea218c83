"""Sizes that networks cannot have, refused before anything is built of them."""

from typing import Any

from latentmapper.errors import RecipeError


def require_sizes(shape: Any, *names: str) -> None:
    """Raise `RecipeError`, naming the option, for a size below 1."""
    for name in names:
        if (value := getattr(shape, name)) < 1:
            raise RecipeError(f"{_option(name)} must be at least 1, not {value}")


def require_dropped(shape: Any, *names: str) -> None:
    """Raise `RecipeError` for a share that is left out in training, and would leave nothing, or is none."""
    for name in names:
        if not 0 <= (value := getattr(shape, name)) < 1:
            raise RecipeError(f"{_option(name)} must be at least 0 and below 1, not {value}")


def _option(name: str) -> str:
    return f"--shape.{name.replace('_', '-')}"
