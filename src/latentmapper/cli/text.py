"""Words and numbers as the command line prints them."""


def size(count: int) -> str:
    """Bytes for people, in powers of ten: 97 MB."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def printable(line: str) -> str:
    """A line of foreign text without what a terminal would obey rather than show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
