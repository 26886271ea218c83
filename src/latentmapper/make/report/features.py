"""The paper's feature table, measured: every cell names the figure that it rests on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from latentmapper.make.evaluation.azimuths import Curve
from latentmapper.make.evaluation.refusals import REFUSING
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.evaluation.tables import shown
from latentmapper.make.report import paper
from latentmapper.make.report.blocks import Block, Cell, Table, Text, Tone
from latentmapper.make.report.gaps import RETRIEVAL
from latentmapper.make.report.panels import Entry, Panel
from latentmapper.make.report.quantities import paired, verdict

BLINK = 0.3
"""Seconds that still count as real time."""
CLOSED, NORMALS = 0.99, 0.9
"""Least share of closed meshes, and least consistency of normals against that of the floor."""
EVEN = 1.1
"""Most that the error on the sides of a few azimuths may be, by that on all others."""
FLOOR = "floor"
STEP = 15.0
"""Degrees from a training yaw within which a side counts as shown."""

BESIDE: tuple[Block, ...] = (
    Text(
        f"What counts: real time, at most {BLINK} s (median); surface, {CLOSED:.0%} of the meshes closed and "
        f"normals at least {NORMALS} x as consistent as those of a second sampling of the truth (floor); "
        "reconstruction, mean Chamfer distance below that of the nearest training shape, by an interval that "
        "does not hold zero (Tatarchenko et al., 2019); view-agnostic, at azimuths 270 to 330 at most "
        f"{EVEN} x the error of the rest."
    ),
    paper.features(),
)
"""What counts, and what the paper asserts."""


def features(panel: Panel) -> list[Block]:
    """One line a method that looks at pictures."""
    origin = panel.origins[0]
    lines: dict[str, Callable[[Entry], str]] = {
        "Real-time generation": lambda e: _generation(e),
        "Real-time manipulation": lambda e: _manipulation(e),
        "High-quality surface": lambda e: _surface(panel, e, origin),
        "High-quality reconstruction": lambda e: _reconstruction(panel, e, origin),
        "View-agnostic reconstruction": lambda e: _views(panel, e, origin),
    }
    seeing = [entry for entry in panel.seeing if entry.method != REFUSING]
    rows = [[entry.label, *(_toned(cell(entry)) for cell in lines.values())] for entry in seeing]
    return [Table(["method", *lines], rows)]


def _toned(text: str) -> Cell:
    tones: dict[str, Tone] = {"yes": "good", "no": "bad"}
    return Cell(text, tone=tones.get(text.split(":")[0], "open"))


def times_of(entry: Entry) -> dict[str, Any] | None:
    """How long the method took, None where it was not timed."""
    methods = entry.run.report.get("times", {}).get("methods", [])
    return next((times for times in methods if times["method"] == entry.method), None)


def _generation(entry: Entry) -> str:
    times = times_of(entry)
    if times is None:
        return "not timed"
    if times["mesh"] is None:
        return "no: it finds shapes, and makes none"
    return f"{_said(times['total']['wall'] <= BLINK)}: {times['total']['wall']:.3f} s from picture to mesh"


def _manipulation(entry: Entry) -> str:
    times = times_of(entry)
    if times is None:
        return "not timed"
    if times["mesh"] is None:
        return "no: it has no code to change"
    return f"{_said(times['mesh']['wall'] <= BLINK)}: {times['mesh']['wall']:.3f} s from code to mesh"


def _surface(panel: Panel, entry: Entry, origin: str) -> str:
    row = entry.row(origin, panel.condition)
    floor = next((e.row(origin, panel.condition) for e in panel.entries if e.method == FLOOR), None)
    names = ("watertight", "normal_consistency")
    if (
        row is None
        or floor is None
        or not all(name in row.numbers for name in names)
        or names[1] not in floor.numbers
    ):
        return "not measured (--metrics watertight normal_consistency --floor)"
    closed, normals = (row.numbers[name].mean for name in names)
    best = floor.numbers["normal_consistency"].mean
    good = closed >= CLOSED and normals >= NORMALS * best
    return f"{_said(good)}: {closed:.0%} closed, normals {normals:.3f} (floor {best:.3f})"


def _reconstruction(panel: Panel, entry: Entry, origin: str) -> str:
    bar = next((e for e in panel.entries if e.method == RETRIEVAL), None)
    if bar is None:
        return "not measured (--features)"
    if entry.label == bar.label:
        return "it is what others are held against"
    pairs = (p for p in paired(entry, bar) if (p.origin, p.condition) == (origin, panel.condition))
    each = next((p for p in pairs if p.measure == "chamfer" and p.origin != DECODED), None)
    if each is None:
        return "no pictures in common"
    low, high = (shown("chamfer", value) for value in (each.low, each.high))
    return f"{_said(verdict(each, -1) == 'ahead')}: {each.difference:.2f} [{low}, {high}] against retrieval"


def _views(panel: Panel, entry: Entry, origin: str) -> str:
    curve = entry.curve(origin, panel.condition)
    ratio = curve.side_ratio if curve else None
    if curve is None or ratio is None:
        return "too few views"
    other = unshown_ratio(curve)
    low, high = curve.side_interval or (ratio, ratio)
    unshown = f", {other:.2f} x where the paper's nine yaws show nothing" if other else ""
    return f"{_said(ratio <= EVEN)}: {ratio:.2f} x [{low:.2f}, {high:.2f}] at 270 to 330{unshown}"


def unshown_ratio(curve: Curve) -> float | None:
    """Mean error on sides that none of the paper's nine yaws shows, by the mean on all others."""
    azimuths, errors = np.array(curve.azimuths), np.array(curve.chamfer)
    apart = np.abs((azimuths[:, None] - np.array(paper.AZIMUTHS) + 180) % 360 - 180).min(1)
    hidden, samples = apart > STEP, np.array(curve.samples)
    if hidden.all() or not hidden.any() or not errors[~hidden].any():
        return None
    means = [np.average(errors[part], weights=samples[part]) for part in (hidden, ~hidden)]
    return float(means[0] / means[1])


def _said(good: bool) -> str:
    return "yes" if good else "no"
