"""What verbs share about their options."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tyro.conf import arg

from latentmapper.errors import MissingError, UsageError


def option(metavar: str | None = None, alias: str | None = None) -> Any:
    """An argument whose help shows its default only where that says something."""
    hidden = ("None", "False", "")
    hint = lambda default: "" if default in hidden else f"(default: {default})"  # noqa: E731
    return arg(metavar=metavar, aliases=[alias] if alias else None, help_behavior_hint=hint)


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Put the option in front of what the library says of the argument that came from it."""
    try:
        yield
    except (UsageError, MissingError) as error:
        raise type(error)(f"{option}: {error}") from None
