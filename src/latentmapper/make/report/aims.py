"""What was aimed at, and whether it is reached."""

from dataclasses import dataclass

import numpy as np

from latentmapper.make.evaluation.comparison import metric_of
from latentmapper.make.evaluation.conditions import SETTINGS
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.evaluation.statistics import ratio
from latentmapper.make.evaluation.tables import title
from latentmapper.make.report.blocks import Block, Cell, Table, Text
from latentmapper.make.report.features import EVEN
from latentmapper.make.report.gaps import RETRIEVAL, peers
from latentmapper.make.report.panels import BY_SHAPE, HELD_OUT, UNSEEN, Entry, Panel
from latentmapper.make.report.quantities import COMPARED, paired, verdict

HIDDEN_HALF = "occluded-50"
UNHIDDEN = [name for name, setting in SETTINGS.items() if setting.hidden == 0]
"""Conditions that pictures with half of the object hidden can be held against."""
HIDDEN = 1.3
"""Most that the error may be where half of the object is hidden, by that of the same pictures unhidden."""
NOT_MEASURED = "not measured"
CHAMFER = {
    ("airplane", UNSEEN): {"mean": 6.0, "median": 2.5},
    ("car", UNSEEN): {"mean": 2.0},
    ("airplane", BY_SHAPE): {"mean": 3.1},
}
"""Most that the Chamfer distance on the project's own test meshes may be: airplanes of whole groups that
nobody has seen, street cars, and airplanes split one by one."""


@dataclass(frozen=True)
class Aim:
    """One line of the table."""

    wanted: str
    reached: str
    good: bool | None
    """None where it was not measured."""


def aims(panel: Panel) -> list[Block]:
    """What the first pack of a panel was to reach, and the figures."""
    rows = [[aim.wanted, aim.reached, _cell(aim.good)] for aim in lines(panel)]
    return [Table([f"{panel.entries[0].label} was to be", "measured", "reached"], rows)]


def lines(panel: Panel) -> list[Aim]:
    """All aims of a panel's first pack, on original meshes or, where there are none, on what there is."""
    ours, origin = panel.entries[0], panel.origins[0]
    found = [*_ahead(panel, origin), *_even(ours, panel, origin), *_hidden(ours, panel, origin)]
    return [*found, *(_absolute(ours, panel) if origin == "mesh" else [])]


def summary(panel: Panel) -> Text:
    """A panel in a few words."""
    ours, origin, good = panel.entries[0], panel.origins[0], [aim.good for aim in lines(panel)]
    row = ours.row(origin, panel.condition)
    assert row is not None
    c = row.numbers["chamfer"]
    unseen = panel.kind in (UNSEEN, HELD_OUT) and not panel.first.report["store"].get("known")
    which = "it has not seen" if unseen else "are not all unseen"
    count = f"{row.shapes} {panel.first.category} shapes in {row.groups} groups"
    mean = f"mean Chamfer distance {c.mean:.2f} [{c.low:.2f}, {c.high:.2f}], median {c.median:.2f}"
    return Text(
        f"{ours.label} on {count} that {which}, {panel.condition} pictures: {mean}. Aims reached: "
        f"{good.count(True)} of {len(good)}; missed: {good.count(False)}; not measured: {good.count(None)}."
    )


def _cell(good: bool | None) -> Cell:
    if good is None:
        return Cell(NOT_MEASURED, tone="open")
    return Cell("yes", tone="good") if good else Cell("no", tone="bad")


def _ahead(panel: Panel, origin: str) -> list[Aim]:
    """Against every method that the paper compares: ahead in all measures, by intervals without zero."""
    ours = panel.entries[0]
    found: list[Aim] = []
    for name, others in peers(panel).items():
        wanted = f"ahead of {'the ' if name == RETRIEVAL else ''}{name} in {', '.join(map(title, COMPARED))}"
        rivals = [other for other in others if other is not ours]
        if ours in others and not rivals:
            continue
        if not rivals:
            found.append(Aim(wanted, "", None))
        for rival in rivals:
            label = wanted if len(rivals) == 1 else f"{wanted}: {rival.label}"
            found.append(_against(label, ours, rival, origin, panel.condition))
    return found


def _against(wanted: str, ours: Entry, rival: Entry, origin: str, condition: str) -> Aim:
    pairs = {
        each.measure: each
        for each in paired(ours, rival)
        if (each.origin, each.condition) == (origin, condition) and each.origin != DECODED
    }
    verdicts = {name: verdict(each, metric_of(name).better) for name, each in pairs.items()}
    told = [f"{title(name)} {verdicts.get(name, NOT_MEASURED)}" for name in COMPARED]
    behind = any(value != "ahead" for value in verdicts.values())
    good = False if behind else True if len(verdicts) == len(COMPARED) else None
    return Aim(wanted, ", ".join(told), good)


def _even(ours: Entry, panel: Panel, origin: str) -> list[Aim]:
    curve = ours.curve(origin, panel.condition)
    wanted = f"at azimuths 270 to 330 at most {EVEN} x its error elsewhere"
    if curve is None or curve.side_ratio is None or curve.side_interval is None:
        return [Aim(wanted, "", None)]
    return [Aim(wanted, _interval(curve.side_ratio, *curve.side_interval), curve.side_ratio <= EVEN)]


def _hidden(ours: Entry, panel: Panel, origin: str) -> list[Aim]:
    """Against the same shapes unhidden, which are drawn together with them."""
    wanted = f"at most {HIDDEN} x its error where half of the object is hidden"
    if panel.condition not in UNHIDDEN:
        return [Aim(wanted, "", None)]
    found = [
        (value, shape["group"], condition == HIDDEN_HALF)
        for shape in ours.run.report["shapes"]
        if shape["origin"] == origin
        for condition, cell in shape["samples"].get(ours.method, {}).items()
        if condition in (panel.condition, HIDDEN_HALF)
        for value in cell["chamfer"]
    ]
    values, groups, hidden = zip(*found, strict=True)
    times = ratio(np.array(values, np.float64), groups, np.array(hidden))
    if times is None:
        return [Aim(wanted, "", None)]
    return [Aim(wanted, _interval(times.value, times.low, times.high), times.value <= HIDDEN)]


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.2f} x [{low:.2f}, {high:.2f}]"


def _absolute(ours: Entry, panel: Panel) -> list[Aim]:
    row = ours.row("mesh", panel.condition)
    if row is None:
        return []
    chamfer = row.numbers["chamfer"]
    mean = f"{chamfer.mean:.2f} [{chamfer.low:.2f}, {chamfer.high:.2f}]"
    told = {"mean": (chamfer.mean, mean), "median": (chamfer.median, f"{chamfer.median:.2f}")}
    limits = CHAMFER.get((panel.first.category, panel.kind), {})
    aims = [
        Aim(f"at {name} Chamfer distance at most {most:g}", told[name][1], told[name][0] <= most)
        for name, most in limits.items()
    ]
    if known := ours.run.report["store"].get("known"):
        return [Aim(aim.wanted, f"it has learned from {known} of these shapes", None) for aim in aims]
    return aims
