"""Learning curves, drawn as SVG: one field a stage."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

WIDTH, HEIGHT, GAP = 720, 150, 18
TOP, BOTTOM = 34, 22


def draw(name: str, stages: Sequence[dict[str, Any]], title: str) -> str:
    """An SVG element: error on held-out shapes over steps, its logarithm upwards, each stage on its scale.

    stages : name, steps and curve (pairs of step and error) of each, as `baseline_run.history` tells them.
    """
    wide = (WIDTH - GAP * (len(stages) - 1)) / len(stages)
    fields = [_field(stage, i * (wide + GAP), wide) for i, stage in enumerate(stages)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="sans-serif" font-size="11" fill="#333"><title>{escape(title)}</title>',
            f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text x="0" y="12" font-weight="bold">{escape(name)}</text>',
            *fields,
            "</svg>",
        ]
    )


def _field(stage: dict[str, Any], left: float, wide: float) -> str:
    steps, errors = np.array(stage["curve"], float).T
    heights = np.log10(np.maximum(errors, 1e-12))
    low, high = heights.min(), max(heights.max(), heights.min() + 1e-6)
    x = left + steps / max(stage["steps"], 1) * wide
    y = HEIGHT - BOTTOM - (heights - low) / (high - low) * (HEIGHT - TOP - BOTTOM - 8)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    floor = HEIGHT - BOTTOM + 4
    told = f"{stage['stage']}: {errors[0]:.3g} to {errors.min():.3g}"
    return "\n".join(
        [
            f'<text x="{left:.1f}" y="28">{escape(told)}</text>',
            f'<path class="axis" d="M{left:.1f} {floor}h{wide:.1f}" stroke="#999"/>',
            f'<polyline class="series" points="{points}" fill="none" stroke="#1f5fbf" stroke-width="1.8"/>',
            f'<text x="{left + wide:.1f}" y="{floor + 14}" text-anchor="end">{stage["steps"]:,} steps</text>',
        ]
    )
