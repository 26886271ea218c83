"""How a cost grows with a size: its exponent, and a plot on log-log axes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from measuring.spread import Spread


@dataclass(frozen=True)
class Curve:
    """Seconds over sizes."""

    name: str
    unit: str
    sizes: list[int]
    seconds: list[Spread]

    @property
    def medians(self) -> list[float]:
        """Of the seconds."""
        return [each.median for each in self.seconds]

    @property
    def exponent(self) -> float:
        """Slope of the logarithms."""
        return float(np.polyfit(np.log(self.sizes), np.log(self.medians), 1)[0])


def drawn(curves: Sequence[Curve], width: int = 640, height: int = 400, edge: int = 60) -> str:
    """All curves on log-log axes as SVG, sizes relative to the first."""
    across = max(np.log(curve.sizes[-1] / curve.sizes[0]) for curve in curves)
    every = np.log(np.concatenate([curve.medians for curve in curves]))
    right, down = (width - 4 * edge) / across, (height - 2 * edge) / np.ptp(every)

    def place(times_first: float, seconds: float) -> tuple[float, float]:
        return edge + right * np.log(times_first), height - edge - down * (np.log(seconds) - every.min())

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"',
        ' font-size="12"><rect width="100%" height="100%" fill="white"/>',
        f'<text x="{edge}" y="{height - 20}">size, times the first (log)</text>',
        f'<text x="{edge}" y="30">processor seconds (log)</text>',
    ]
    for number, curve in enumerate(curves):
        points = [place(s / curve.sizes[0], t) for s, t in zip(curve.sizes, curve.medians, strict=True)]
        lines += line(curve, points, f"hsl({360 * number // len(curves)} 70% 40%)")
    return "\n".join([*lines, "</svg>", ""])


def line(curve: Curve, points: list[tuple[float, float]], colour: str) -> list[str]:
    """A curve through points of the plot, with its name and exponent at its end."""
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    label = f"{curve.name} by {curve.unit}: {curve.exponent:.2f}"
    return [
        f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<text x="{x + 6:.1f}" y="{y:.1f}" fill="{colour}">{label}</text>',
    ]
