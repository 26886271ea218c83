"""Words in drawings, which wrap nothing by themselves: the room that they take, and lines of them."""

import textwrap
from html import escape

EM = 0.6
"""Mean width of a letter by the size of its font; most fonts without serifs are narrower."""
LEADING = 1.2
"""From one line to the next, by the size of the font."""


def room(text: str, size: float) -> float:
    """Width of a text in the units of its drawing, not less than it will be."""
    return EM * size * len(text)


def wrapped(text: str, most: float, size: float) -> list[str]:
    """A text in lines of at most so many units, broken at blanks and hyphens where there are any."""
    return textwrap.wrap(text, max(1, int(most / (EM * size)))) or [""]


def written(texts: list[str], x: float, y: float, size: float, anchor: str = "start") -> list[str]:
    """SVG elements of lines, the first of which stands on y."""
    return [
        f'<text x="{x}" y="{round(y + LEADING * size * i, 1)}" text-anchor="{anchor}">{escape(text)}</text>'
        for i, text in enumerate(texts)
    ]
