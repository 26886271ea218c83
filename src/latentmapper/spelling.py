"""Names as people read them: one that does not exist, and one that is no text."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that is most alike, as the question that follows an unknown one; empty where none is."""
    alike = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f" (did you mean {alike[0]!r}?)" if alike else ""


def readable(name: str) -> str:
    """A file's name as text that can be written down, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
