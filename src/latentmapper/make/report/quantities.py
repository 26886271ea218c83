"""The quantitative tables: how far reconstructions are from the truth, and whether methods differ."""

from collections.abc import Sequence

from latentmapper.errors import UsageError
from latentmapper.make.evaluation.comparison import ALWAYS, metric_of
from latentmapper.make.evaluation.differences import Difference, Side, differences
from latentmapper.make.evaluation.refusals import REFUSING
from latentmapper.make.evaluation.report import ORIGINS, Row
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.evaluation.tables import legend, main_table, shown, title, way
from latentmapper.make.report import paper
from latentmapper.make.report.blocks import Beside, Block, Cell, Chart, Table, Text, Tone
from latentmapper.make.report.panels import Entry, Panel
from latentmapper.make.report.spread import draw

KNOWING = ("best training shape", "ceiling", "floor")
"""Methods that look at the true mesh."""
COMPARED = ("chamfer", "emd", "f_score_02")
"""Measures that packs are held against others in, those that were taken."""


def quantitative(panel: Panel, beside: bool) -> list[Block]:
    """Errors of all methods on pictures of the first condition, and their differences.

    beside : whether the paper's figures stand beside them, where it has some of the category.
    """
    theirs = paper.errors(panel.first.category) if beside else None
    blocks: list[Block] = []
    for origin in panel.origins:
        ours = main(panel, origin, panel.condition)
        blocks += [_spread(panel, origin), Beside([ours, theirs]) if theirs else ours]
        theirs = None
    against = compared(panel)
    return [*blocks, *([against] if against else [])]


def _spread(panel: Panel, origin: str) -> Chart:
    """The Chamfer distances as a drawing."""
    found = [(entry.label, entry.row(origin, panel.condition)) for entry in panel.entries]
    rows = [(label, row.numbers["chamfer"]) for label, row in found if row]
    alt = f"Chamfer distance of every method: {panel.title}"
    return Chart(f"errors-{panel.anchor}-{origin}.svg", alt, draw(rows, alt), SPREAD)


SPREAD = "Chamfer distance. Dot and bar: the mean and its 95 % interval. Ticks: median and 90th percentile."


def meanings(panel: Panel) -> list[Text]:
    """What the columns of a panel's tables mean."""
    return [Text(legend(panel.first.protocol, taken(panel)))]


def taken(panel: Panel) -> list[str]:
    """Measures of the panel's runs beyond those that are always taken."""
    found = [name for run in panel.runs for row in run.rows for name in row.numbers if name not in ALWAYS]
    return list(dict.fromkeys(found))


def main(panel: Panel, origin: str, condition: str, caption: str = "") -> Table:
    """One line a method: Chamfer distance in full, the means of all else, failures."""
    measures = ["f_score", *taken(panel)]
    lines = [(entry, row) for entry in panel.entries if (row := entry.row(origin, condition))]
    titles = ["method", "Chamfer mean [95 %]", "median", "90th", *map(title, measures), "samples", "failed"]
    category, protocol = panel.first.category, panel.first.protocol["id"]
    pictures = f"{ORIGINS[origin].capitalize()}, {category}, {condition} pictures; protocol {protocol}."
    rows = [_line(entry, row, measures) for entry, row in lines]
    return Table(titles, rows, f"{pictures} {caption}".strip())


def _line(entry: Entry, row: Row, measures: Sequence[str]) -> list[str]:
    c = row.numbers["chamfer"]
    known = [shown(name, row.numbers[name].mean) if name in row.numbers else "" for name in measures]
    interval = f"{c.mean:.2f} [{c.low:.2f}, {c.high:.2f}]"
    numbers = [interval, f"{c.median:.2f}", f"{c.ninetieth:.2f}", *known]
    return [entry.label, *numbers, str(row.samples), str(row.failed)]


def compared(panel: Panel) -> Table | None:
    """The first pack less every other method, on the same pictures; None where there is no other.

    References that know the truth are no rivals, nor is the pack itself where refusals count.
    """
    ours = panel.entries[0]
    found: dict[tuple[str, str], dict[str, Difference]] = {}
    for entry in (entry for entry in panel.entries[1:] if entry.method not in (*KNOWING, REFUSING)):
        for each in paired(ours, entry):
            if each.condition == panel.condition and each.origin != DECODED:
                found.setdefault((entry.label, each.origin), {})[each.measure] = each
    measures = [name for name in COMPARED if any(name in each for each in found.values())]
    rows = [
        [label, ORIGINS[origin], *(_difference(of[name]) if name in of else Cell() for name in measures)]
        for (label, origin), of in found.items()
    ]
    caption = (
        f"{ours.label} less the other, on the same pictures ({panel.condition}), with 95 % intervals, "
        "which are paired bootstraps over groups of near-copies. Open: the interval holds zero, or all "
        "shapes are of one group."
    )
    return Table(["against", "shapes", *map(title, measures)], rows, caption) if rows else None


def paired(ours: Entry, other: Entry) -> list[Difference]:
    """Differences in the measures that both have; none where no picture is in both."""
    first, second = (Side(e.run.name, e.run.report, e.method) for e in (ours, other))
    wanted = [name for name in COMPARED if name in first.measures and name in second.measures]
    try:
        return differences(first, second, wanted)
    except UsageError:
        return []


def verdict(difference: Difference, better: int) -> str:
    """What the interval says of the first: ahead, behind, or neither; that of one group has no width."""
    if difference.groups < 2 or difference.low <= 0 <= difference.high:
        return "open"
    return "ahead" if better * difference.difference > 0 else "behind"


def _difference(each: Difference) -> Cell:
    values = [shown(each.measure, value) for value in (each.difference, each.low, each.high)]
    said = verdict(each, metric_of(each.measure).better)
    return Cell(f"{values[0]} [{values[1]}, {values[2]}] {said}", tone=TONES[said])


TONES: dict[str, Tone] = {"ahead": "good", "behind": "bad", "open": "open"}
"""Of verdicts."""


def seen(panels: Sequence[Panel]) -> list[Block]:
    """Errors on shapes that a pack has learned from beside those on shapes it has not seen."""
    trained = {_identity(panel): panel for panel in panels if panel.first.split == "train"}
    rows = []
    for panel in panels:
        known, learned = trained.get(_identity(panel)), panel.first.report["store"].get("known")
        if panel.first.split != "train" and known and not learned:
            rows += _seen_rows(known, panel)
    if not rows:
        return []
    titles = ["shapes", "method", "seen", "unseen", "unseen / seen"]
    caption = "Mean Chamfer distance on shapes of the training split and of the other, pictures of one kind."
    return [Table(titles, rows, caption)]


def _identity(panel: Panel) -> tuple[str, str, str]:
    """The pack, the rules, and how the pack looked: what else differs is which shapes it knows."""
    return panel.first.report["pack"]["hash"], panel.first.protocol["id"], way(panel.first.report)


def _seen_rows(known: Panel, panel: Panel) -> list[list[str]]:
    rows = []
    for entry in panel.entries:
        twin = next((other for other in known.entries if other.label == entry.label), None)
        for origin in panel.origins:
            row = entry.row(origin, panel.condition)
            other = twin.row(origin, panel.condition) if twin else None
            if row and other:
                means = [each.numbers["chamfer"].mean for each in (other, row)]
                ratio = f"{means[1] / means[0]:.2f}" if means[0] else ""
                name = f"{panel.first.category}, {ORIGINS[origin]}"
                rows.append([name, entry.label, *(f"{mean:.2f}" for mean in means), ratio])
    return rows


def own_way(panel: Panel) -> list[Block]:
    """The paper's protocol: the decoded mesh is both what the picture shows and the truth."""
    conditions = [c for c in panel.first.report["shapes"][0]["presence"] if c in ("plain", panel.condition)]
    tables = [main(panel, DECODED, condition) for condition in conditions]
    return [table for table in tables if table.rows]


def conditions(panel: Panel) -> list[Block]:
    """Mean Chamfer distance under every condition, and by how much it is more than under the first.

    Nothing where there is one condition alone.
    """
    names = list(panel.first.report["shapes"][0]["presence"])
    if len(names) == 1:
        return []
    blocks: list[Block] = []
    for origin in panel.origins:
        rows = []
        for entry in panel.seeing:
            found = [entry.row(origin, name) for name in names]
            means = [row.numbers["chamfer"].mean if row else None for row in found]
            rows.append([entry.label, *(_against(mean, means[0]) for mean in means)])
        caption = f"Mean Chamfer distance, {ORIGINS[origin]}; in brackets, by that of {names[0]} pictures."
        blocks.append(Table(["method", *names], rows, caption))
    return blocks


def _against(mean: float | None, first: float | None) -> str:
    if mean is None:
        return ""
    return f"{mean:.2f} ({mean / first:.2f} x)" if first else f"{mean:.2f}"


def everything(panel: Panel) -> list[Block]:
    """All rows of every run, folded away."""
    blocks: list[Block] = []
    for run in panel.runs:
        for origin in dict.fromkeys(row.origin for row in run.rows):
            table = main_table([row for row in run.rows if row.origin == origin])
            caption = f"All rows of {run.name}: {run.pack}, {ORIGINS[origin]}"
            blocks.append(Table(*table, caption, folded=True))
    return blocks
