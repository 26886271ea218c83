"""What was made, for people and for programs."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from latentmapper.batch import Batch, Outcome
from latentmapper.batch.inputs import OVERLAY, PREVIEW
from latentmapper.cli.text import tame
from latentmapper.photo.category import percent

SCHEMA = "latentmapper.reconstruct/1"
ROWS = 40
"""Photos up to which there is a table of each; above, only what failed is listed."""
WIDE = 126
"""Columns of a terminal from which the table shows the milliseconds of each stage."""
# fmt: off
STAGES = (
    "read", "foreground", "describe", "translate", "look", "map", "refine", "planes", "surface", "clean",
    "correspond",
)
# fmt: on
"""Of `Reconstructor.reconstruct`, in order."""
FILING = ("export", "preview", "overlay")
"""What follows them."""


def line(outcome: Outcome) -> str:
    """One photo on one line."""
    if not outcome.good:
        return str(outcome.message)
    made = f"{outcome.job.input.name} -> {outcome.files[0]}"
    if outcome.status == "finished":
        return f"{made}  (finished earlier)"
    shows, faces, seconds = _facts(outcome)
    return f"{made}  {shows}, {faces} faces, {seconds} s"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Everything for people: a line for one photo, a table for several; ends in a newline if not empty."""
    if len(outcomes) == 1:
        return f"{tame(line(outcomes[0]))}\n{_stage_line(outcomes)}" if outcomes[0].good else ""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    wide = console.width >= WIDE
    with console.capture() as capture:
        if 0 < sum(outcome.good for outcome in outcomes) <= ROWS:
            console.print(_table(outcomes, wide))
        for outcome in outcomes:
            if not outcome.good:
                told = tame(f"{outcome.status}: {outcome.message}")
                console.print(Text(told, "red"), soft_wrap=True)
    return capture.get() + f"{_stage_line(outcomes)}{totals(_counts(outcomes))}\n"


def document(batch: Batch, outcomes: Sequence[Outcome]) -> str:
    """The run as JSON, schema `latentmapper.reconstruct/1`; within a version of it, fields are only added."""
    packs = [
        {"id": pack.id, "category": pack.category, "sha256": pack.hash}
        for pack in batch.reconstructor.packs.values()
    ]
    value = {
        "schema": SCHEMA,
        "version": version("latentmapper"),
        "options": batch.options.to_json(),
        "packs": packs,
        "inputs": [_entry(outcome) for outcome in outcomes],
        "summary": _counts(outcomes),
    }
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def _entry(outcome: Outcome) -> dict[str, Any]:
    entry: dict[str, Any] = {"input": outcome.job.input.name, "status": outcome.status}
    if outcome.good:
        mesh, *pictures = map(str, outcome.files)
        made = {suffix: name for name in pictures for suffix in (PREVIEW, OVERLAY) if name.endswith(suffix)}
        drawn = {"overlay": made[OVERLAY]} if OVERLAY in made else {}
        return entry | {"mesh": mesh, "preview": made.get(PREVIEW)} | drawn | outcome.result
    return entry | {"message": outcome.message}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = Counter(outcome.status for outcome in outcomes)
    return {status: counts[status] for status in ("made", "finished", "refused", "failed")}


def _table(outcomes: Sequence[Outcome], wide: bool) -> Table:
    """A row for each photo that has its mesh; with milliseconds a stage where there is room."""
    good = [outcome for outcome in outcomes if outcome.good]
    stages = _stages(good) if wide else []
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("photo", "mesh"):
        table.add_column(name, overflow="fold", ratio=1 if not wide else None)
    table.add_column("shows")
    for name in ("faces", "seconds", *stages):
        table.add_column(name, justify="right")
    for outcome in good:
        table.add_row(*_cells(outcome, stages))
    return table


def _cells(outcome: Outcome, stages: Sequence[str]) -> list[Text]:
    """The cells of one row, as plain text: a file may be called "[red]"."""
    shows, faces, seconds = _facts(outcome)
    cells = [outcome.job.input.name, str(outcome.files[0]), shows, faces]
    cells += [seconds, *_milliseconds([outcome], stages)] if outcome.status == "made" else ["earlier"]
    return [Text(tame(cell)) for cell in cells]


def _facts(outcome: Outcome) -> tuple[str, str, str]:
    """What the photo shows, the number of faces, and the seconds it took, loading apart."""
    result = outcome.result
    seconds = sum(value for stage, value in result["timings"].items() if stage != "load")
    shows = f"{result['category']} {percent(result['confidence'])}"
    return shows, f"{result['checks']['faces']:,}", f"{seconds:.2f}"


def _stages(outcomes: Sequence[Outcome]) -> list[str]:
    """The stages that any of these photos went through on this run, in order."""
    timings = [outcome.result["timings"] for outcome in outcomes if outcome.status == "made"]
    return [stage for stage in (*STAGES, *FILING) if any(stage in each for each in timings)]


def _milliseconds(made: Sequence[Outcome], stages: Sequence[str]) -> list[str]:
    """What each stage took in the middle case."""
    return [f"{1000 * median(each.result['timings'].get(s, 0.0) for each in made):.0f}" for s in stages]


def _stage_line(outcomes: Sequence[Outcome]) -> str:
    """How long each stage took, on one line; nothing where nothing was made."""
    made = [outcome for outcome in outcomes if outcome.status == "made"]
    stages = _stages(made)
    parts = [f"{stage} {value}" for stage, value in zip(stages, _milliseconds(made, stages), strict=True)]
    return f"milliseconds{', median' if len(made) > 1 else ''}: {', '.join(parts)}\n" if parts else ""


def totals(counts: Mapping[str, int]) -> str:
    """How many photos ended how, by status: "3 made, 1 failed"."""
    words = {"made": "made", "finished": "finished earlier", "refused": "refused", "failed": "failed"}
    return ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts[status])
