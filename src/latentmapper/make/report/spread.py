"""Errors of all methods as one drawing: means with their intervals, and how far the worst reach."""

from collections.abc import Sequence
from html import escape

from latentmapper.make.evaluation.statistics import Summary
from latentmapper.make.report.scale import round_up

WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM = 720, 232, 20, 26, 10, 34


def draw(rows: Sequence[tuple[str, Summary]], title: str) -> str:
    """An SVG element: a line a method; dot and bar are mean and interval, ticks median and 90th percentile.

    The first row is drawn in another colour than those that it is held against.
    """
    top = round_up(max(max(summary.ninetieth, summary.high) for _, summary in rows))
    height = TOP + ROW * len(rows) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="#333"><title>{escape(title)}</title>',
        f'<rect class="paper" width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_axis(top, height),
        *(_row(i, label, summary, top) for i, (label, summary) in enumerate(rows)),
        "</svg>",
    ]
    return "\n".join(parts)


def _x(error: float, top: float) -> float:
    return round(LEFT + error / top * (WIDTH - LEFT - RIGHT), 1)


def _axis(top: float, height: float) -> list[str]:
    floor = height - BOTTOM + 6
    parts = []
    for i in range(5):
        x = _x(top * i / 4, top)
        parts.append(f'<path class="grid" d="M{x} {TOP}V{floor}" stroke="#ccc" stroke-width="0.7"/>')
        parts.append(
            f'<text x="{x}" y="{floor + 16}" text-anchor="middle" font-size="11">{top * i / 4:g}</text>'
        )
    return parts


def _row(number: int, label: str, summary: Summary, top: float) -> str:
    y, color = TOP + ROW * (number + 0.5), "#1f5fbf" if number == 0 else "#7a7d82"
    low, high, mean = (_x(value, top) for value in (summary.low, summary.high, summary.mean))
    ticks = "".join(f"M{_x(value, top)} {y - 5}v10" for value in (summary.median, summary.ninetieth))
    return "\n".join(
        [
            f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text>',
            f'<path class="series" d="{ticks}" stroke="{color}" stroke-width="1.4" fill="none"/>',
            f'<path class="series" d="M{low} {y}H{high}" stroke="{color}" stroke-width="5" opacity="0.4"/>',
            f'<circle class="series" cx="{mean}" cy="{y}" r="4.5" fill="{color}"/>',
        ]
    )
