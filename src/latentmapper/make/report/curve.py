"""Error over azimuth, drawn as SVG."""

from collections.abc import Sequence
from html import escape

from latentmapper.make.evaluation.azimuths import SIDE, Curve
from latentmapper.make.evaluation.refusals import REFUSING
from latentmapper.make.report import paper
from latentmapper.make.report.blocks import Block, Chart, Table
from latentmapper.make.report.features import unshown_ratio
from latentmapper.make.report.lettering import room, wrapped, written
from latentmapper.make.report.panels import Panel
from latentmapper.make.report.scale import round_up

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 14, 62
SIZE = 11
"""Of the letters."""
COLUMNS, ROW = 3, 14
"""Columns of the legend at most, and the height of a line in it."""
KEY, APART = 32, 8
"""Room for the piece of its line before a name, and for nothing behind it."""
COLORS = ("#1f5fbf", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#0e7490", "#be185d", "#57534e")
"""Of the lines, in the order of the methods; all dark enough on white."""
DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""Lines differ by these as well, for those who see colours alike."""


def azimuths(panel: Panel) -> list[Block]:
    """A drawing and a table of ratios for the shapes of each origin."""
    blocks: list[Block] = []
    for origin in panel.origins:
        looking = [entry for entry in panel.seeing if entry.method != REFUSING]
        pairs = [(entry.label, entry.curve(origin, panel.condition)) for entry in looking]
        found = [(label, curve) for label, curve in pairs if curve]
        if not found:
            continue
        alt = f"Mean Chamfer distance over azimuth: {panel.title}, {panel.condition} pictures"
        blocks.append(Chart(f"azimuth-{panel.anchor}-{origin}.svg", alt, draw(found, alt)))
        rows = [[label, *_ratios(curve)] for label, curve in found]
        unshown = "azimuths that the nine yaws do not show / rest"
        caption = (
            f"{panel.condition.capitalize()} pictures. Vertical lines: the sides that the paper's nine "
            "training yaws show (0 to 240 degrees, the shape turning before a camera that stands still). "
            "Grey: azimuths 270 to 330. Elevations in degrees: the mean Chamfer distance there."
        )
        levels = [f"elevation {value:g}" for value in panel.first.protocol["elevations"]]
        blocks.append(Table(["method", "azimuths 270 to 330 / rest", unshown, *levels], rows, caption))
    return blocks


def _ratios(curve: Curve) -> list[str]:
    """Cells of one method's line."""
    side = _ratio(curve.side_ratio)
    if curve.side_interval:
        side += f" [{curve.side_interval[0]:.2f}, {curve.side_interval[1]:.2f}]"
    return [side, *(_ratio(value) for value in (unshown_ratio(curve), *curve.elevations))]


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def draw(found: Sequence[tuple[str, Curve]], title: str) -> str:
    """An SVG element: a line a method, azimuth from 0 to 360 degrees, error from 0."""
    top = round_up(max(max(curve.chamfer) for _, curve in found))
    legend, height = _legend([label for label, _ in found])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="{SIZE}" fill="#333"><title>{escape(title)}</title>',
        f'<rect class="paper" width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_sides(),
        *_axes(top),
        *(part for i, (_, curve) in enumerate(found) for part in _line(i, curve, top)),
        *legend,
        "</svg>",
    ]
    return "\n".join(parts)


def _x(azimuth: float) -> float:
    return round(LEFT + azimuth / 360 * (WIDTH - LEFT - RIGHT), 1)


def _y(error: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - error / top * (HEIGHT - TOP - BOTTOM), 1)


def _sides() -> list[str]:
    low, high = map(_x, SIDE)
    tall = HEIGHT - TOP - BOTTOM
    band = (
        f'<rect class="band" x="{low}" y="{TOP}" width="{round(high - low, 1)}" height="{tall}" fill="#eee"/>'
    )
    style = f'y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="1 3"'
    lines = [f'<line class="yaw" x1="{_x(a)}" x2="{_x(a)}" {style}/>' for a in paper.AZIMUTHS]
    return [band, *lines]


def _axes(top: float) -> list[str]:
    floor = HEIGHT - BOTTOM
    parts = [f'<path class="axis" d="M{LEFT} {TOP}V{floor}H{WIDTH - RIGHT}" fill="none" stroke="#333"/>']
    for azimuth in range(0, 361, 30):
        parts.append(f'<text x="{_x(azimuth)}" y="{floor + 14}" text-anchor="middle">{azimuth}</text>')
    for i in range(5):
        value = top * i / 4
        parts.append(f'<text x="{LEFT - 5}" y="{_y(value, top) + 4}" text-anchor="end">{value:g}</text>')
    return parts


def _line(number: int, curve: Curve, top: float) -> list[str]:
    color = COLORS[number % len(COLORS)]
    pairs = list(zip(curve.azimuths, curve.chamfer, strict=True))
    places = [f"{_x(azimuth)},{_y(error, top)}" for azimuth, error in pairs]
    if pairs[0][0] == 0:  # the circle closes
        places.append(f"{_x(360)},{_y(pairs[0][1], top)}")
    dots = [
        f'<circle class="series" cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="2.2" fill="{color}"/>'
        for p in places
    ]
    return [f'<polyline points="{" ".join(places)}" fill="none" {_style(number)}/>', *dots]


def _style(number: int) -> str:
    color, dash = COLORS[number % len(COLORS)], DASHES[number % len(DASHES)]
    return f'class="series" stroke="{color}" stroke-width="1.8" stroke-dasharray="{dash}"'


def _legend(labels: Sequence[str]) -> tuple[list[str], float]:
    """Names beside pieces of their lines, in as many columns as leave room for all; and where they end."""
    parts: list[str] = []
    columns = _columns(labels)
    wide, y = (WIDTH - LEFT - RIGHT) / columns, HEIGHT - BOTTOM + 32.0
    for first in range(0, len(labels), columns):
        row = [wrapped(label, wide - KEY - APART, SIZE) for label in labels[first : first + columns]]
        for i, texts in enumerate(row):
            x = round(LEFT + i * wide, 1)
            key = f'<line x1="{x}" x2="{x + KEY - 6}" y1="{y - 4}" y2="{y - 4}" {_style(first + i)}/>'
            parts += [key, *written(texts, x + KEY, y, SIZE)]
        y += ROW * max(map(len, row))
    return parts, y - ROW + 6


def _columns(labels: Sequence[str]) -> int:
    widest = KEY + APART + max(room(label, SIZE) for label in labels)
    return max(1, min(COLUMNS, int((WIDTH - LEFT - RIGHT) / widest)))
