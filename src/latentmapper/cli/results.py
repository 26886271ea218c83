"""What was made, for people and for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Any

from latentmapper.batch import Batch, Outcome
from latentmapper.photo.category import percent

SCHEMA = "latentmapper.reconstruct/1"
ROWS = 40
"""Photos up to which the table lists each; above, it lists those that failed."""


def line(outcome: Outcome) -> str:
    """One photo on one line."""
    if not outcome.good:
        return str(outcome.message)
    made = f"{outcome.job.input.name} -> {outcome.files[0]}"
    if outcome.status == "finished":
        return f"{made}  (finished earlier)"
    result = outcome.result
    return (
        f"{made}  {result['category']} {percent(result['confidence'])}, "
        f"{result['checks']['faces']:,} faces, {_seconds(outcome):.2f} s"
    )


def summary(outcomes: Sequence[Outcome]) -> str:
    """Everything for people: one line for one photo, tables for several; ends in a newline."""
    if len(outcomes) == 1:
        return f"{line(outcomes[0])}\n{_stage_line(outcomes)}" if outcomes[0].good else ""
    return _table(outcomes) + _stage_line(outcomes) + _totals(outcomes)


def document(batch: Batch, outcomes: Sequence[Outcome]) -> str:
    """The run as JSON, schema `latentmapper.reconstruct/1`."""
    from dataclasses import asdict

    packs = [
        {"id": pack.id, "category": pack.category, "sha256": pack.hash}
        for pack in batch.reconstructor.packs.values()
    ]
    value = {
        "schema": SCHEMA,
        "version": version("latentmapper"),
        "options": asdict(batch.options),
        "packs": packs,
        "inputs": [_entry(outcome) for outcome in outcomes],
        "summary": dict(Counter(outcome.status for outcome in outcomes)),
    }
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def _entry(outcome: Outcome) -> dict[str, Any]:
    entry: dict[str, Any] = {"input": outcome.job.input.name, "status": outcome.status}
    if outcome.good:
        mesh, *preview = map(str, outcome.files)
        return entry | {"mesh": mesh, "preview": preview[0] if preview else None} | outcome.result
    return entry | {"message": outcome.message}


def _table(outcomes: Sequence[Outcome]) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("photo", "mesh", "shows"):
        table.add_column(name, overflow="fold")
    for name in ("faces", "seconds"):
        table.add_column(name, justify="right")
    shown = [outcome for outcome in outcomes if len(outcomes) <= ROWS or not outcome.good]
    for outcome in shown:
        table.add_row(*_cells(outcome))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 140
    with console.capture() as capture:
        console.print(table)
    return capture.get() if shown else ""


def _cells(outcome: Outcome) -> list[Any]:
    """The cells of one row, as plain text: a file may be called "[red]"."""
    from rich.text import Text

    name = outcome.job.input.name
    if not outcome.good:
        reason = str(outcome.message).removeprefix(f"{name}: ").removeprefix(f"{name} ")
        return [Text(name), Text("-"), Text(f"{outcome.status}: {reason}", "red")]
    result = outcome.result
    seconds = f"{_seconds(outcome):.2f}" if outcome.status == "made" else "earlier"
    return [
        Text(name),
        Text(str(outcome.files[0])),
        Text(f"{result['category']} {percent(result['confidence'])}"),
        Text(f"{result['checks']['faces']:,}"),
        Text(seconds),
    ]


def _stage_line(outcomes: Sequence[Outcome]) -> str:
    """How long each stage took; the median where there are several photos."""
    timings = [outcome.result["timings"] for outcome in outcomes if outcome.status == "made"]
    if not timings:
        return ""
    stages = dict.fromkeys(stage for each in timings for stage in each)
    medians = {stage: median(each.get(stage, 0.0) for each in timings) for stage in stages}
    if len(timings) > 1:
        medians["load"] = max(each.get("load", 0.0) for each in timings)
    parts = ", ".join(f"{stage} {1000 * seconds:.0f}" for stage, seconds in medians.items())
    return f"milliseconds{' (median)' if len(timings) > 1 else ''}: {parts}\n"


def _totals(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.status for outcome in outcomes)
    words = {"made": "made", "finished": "finished earlier", "refused": "refused", "failed": "failed"}
    return ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts[status]) + "\n"


def _seconds(outcome: Outcome) -> float:
    """Seconds one photo took, loading apart."""
    return sum(seconds for stage, seconds in outcome.result["timings"].items() if stage != "load")
