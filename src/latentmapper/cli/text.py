"""Words and numbers as the command line prints them."""

import unicodedata


def size(count: int) -> str:
    """Bytes for people, in powers of ten: 97 MB."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def tame(line: str) -> str:
    """A line with names of files in it, which may hold what a terminal would obey, written as in Python."""
    return "".join(repr(letter)[1:-1] if unicodedata.category(letter) == "Cc" else letter for letter in line)


def printable(line: str) -> str:
    """A line of foreign text without what a terminal would obey rather than show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
