"""Errors of all methods as one drawing: means with their intervals, and how far the worst reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from latentmapper.make.evaluation.statistics import Summary
from latentmapper.make.report.lettering import LEADING, room, wrapped, written
from latentmapper.make.report.scale import round_up

WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM = 720, 232, 20, 26, 10, 34
SIZE = 12
"""Of the letters of names."""
MOST = 300
"""How far the left edge gives way to long names; longer ones take several lines."""
APART = 20
"""Room on both sides of a name."""


def draw(rows: Sequence[tuple[str, Summary]], title: str) -> str:
    """An SVG element: a line a method; dot and bar are mean and interval, ticks median and 90th percentile.

    The first row is drawn in another colour than those that it is held against.
    """
    top = round_up(max(max(summary.ninetieth, summary.high) for _, summary in rows))
    left = min(MOST, max(LEFT, *(APART + round(room(label, SIZE)) for label, _ in rows)))
    names = [wrapped(label, left - APART, SIZE) for label, _ in rows]
    tall = [ROW + LEADING * SIZE * (len(name) - 1) for name in names]
    middles = [TOP + sum(tall[:i]) + each / 2 for i, each in enumerate(tall)]
    height = round(TOP + sum(tall) + BOTTOM)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="{SIZE}" fill="#333"><title>{escape(title)}</title>',
        f'<rect class="paper" width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_axis(Scale(left, top), height),
        *(_name(name, left, y) for name, y in zip(names, middles, strict=True)),
        *(_row(i, rows[i][1], Scale(left, top), round(y, 1)) for i, y in enumerate(middles)),
        "</svg>",
    ]
    return "\n".join(parts)


@dataclass(frozen=True)
class Scale:
    """Where errors stand."""

    left: float
    """Of no error."""
    top: float
    """The error at the right edge."""

    def x(self, error: float) -> float:
        """In units of the drawing."""
        return round(self.left + error / self.top * (WIDTH - self.left - RIGHT), 1)


def _axis(scale: Scale, height: float) -> list[str]:
    floor = height - BOTTOM + 6
    parts = []
    for error in (scale.top * i / 4 for i in range(5)):
        x = scale.x(error)
        parts.append(f'<path class="grid" d="M{x} {TOP}V{floor}" stroke="#ccc" stroke-width="0.7"/>')
        parts.append(f'<text x="{x}" y="{floor + 16}" text-anchor="middle" font-size="11">{error:g}</text>')
    return parts


def _name(name: list[str], left: float, y: float) -> str:
    """The lines of a name, about the middle of its row."""
    first = y + 4 - LEADING * SIZE * (len(name) - 1) / 2
    return "\n".join(written(name, left - 10, round(first, 1), SIZE, "end"))


def _row(number: int, summary: Summary, scale: Scale, y: float) -> str:
    color = "#1f5fbf" if number == 0 else "#7a7d82"
    low, high, mean = (scale.x(value) for value in (summary.low, summary.high, summary.mean))
    ticks = "".join(f"M{scale.x(value)} {y - 5}v10" for value in (summary.median, summary.ninetieth))
    return "\n".join(
        [
            f'<path class="series" d="{ticks}" stroke="{color}" stroke-width="1.4" fill="none"/>',
            f'<path class="series" d="M{low} {y}H{high}" stroke="{color}" stroke-width="5" opacity="0.4"/>',
            f'<circle class="series" cx="{mean}" cy="{y}" r="4.5" fill="{color}"/>',
        ]
    )
