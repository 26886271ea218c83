"""Per-shape results to one table: JSON for machines, Markdown for people."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from latentmapper.files import sha256_of_json
from latentmapper.make.dataset.store import Store
from latentmapper.make.evaluation.conditions import SETTINGS
from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.session import Session
from latentmapper.make.evaluation.statistics import Summary, summarise
from latentmapper.pack import Pack

FORMAT = 1
"""Of the JSON report."""
ORIGINS = {"mesh": "original meshes", "parametric": "parametric shapes", "deformed": "deformed meshes"}


@dataclass(frozen=True)
class Row:
    """One line of the table: one method under one condition on the shapes of one origin."""

    origin: str
    condition: str
    method: str
    shapes: int
    groups: int
    samples: int
    failed: int
    """Samples on which the method failed; they are part of all numbers."""
    chamfer: Summary
    f_score: Summary


def header(session: Session, store: Store, split: str, command: str) -> dict[str, Any]:
    """What a report says before its numbers: protocol, pack, data, and the command that made it."""
    pack = Pack.open(session.sources.pack)
    data = sha256_of_json(sorted([record.id, record.sha256] for record in store.records))
    return {
        "format": FORMAT,
        "protocol": session.rules.record(),
        "pack": {"id": pack.id, "category": pack.category, "hash": pack.hash},
        "store": {"category": store.header["category"], "split": split, "hash": data},
        "command": command,
    }


def rows(results: Sequence[dict[str, Any]]) -> list[Row]:
    """All lines of the table: by origin, condition and method, methods in the order of the results."""
    methods = list(dict.fromkeys(method for result in results for method in result["samples"]))
    table = []
    for origin in ORIGINS:
        of_origin = [result for result in results if result["origin"] == origin]
        for condition in (*SETTINGS, ANY):
            for method in methods:
                if having := [r for r in of_origin if condition in r["samples"].get(method, {})]:
                    table.append(_row(having, origin, condition, method))
    return table


def _row(results: Sequence[dict[str, Any]], origin: str, condition: str, method: str) -> Row:
    cells = [result["samples"][method][condition] for result in results]
    groups = [r["group"] for r, cell in zip(results, cells, strict=True) for _ in cell["view"]]
    failed = [
        f for r in results for f in r["failures"] if (f["method"], f["condition"]) == (method, condition)
    ]
    return Row(
        origin,
        condition,
        method,
        shapes=len(results),
        groups=len(set(groups)),
        samples=len(groups),
        failed=len(failed),
        chamfer=summarise([value for cell in cells for value in cell["chamfer"]], groups),
        f_score=summarise([value for cell in cells for value in cell["f_score"]], groups),
    )


def recognised(results: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Share of the pictures of each condition that the pack takes for its category."""
    logits: dict[str, list[float]] = {}
    for result in results:
        for condition, values in result["presence"].items():
            logits.setdefault(condition, []).extend(values)
    return {
        name: sum(value > 0 for value in values) / len(values) for name, values in logits.items() if values
    }


def as_json(header: dict[str, Any], table: Sequence[Row], results: Sequence[dict[str, Any]]) -> str:
    """The report as JSON text: header and rows indented, one line a shape, so that differences read well."""

    def compact(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    head = json.dumps({**header, "recognised": recognised(results)}, indent=2, allow_nan=False)
    lines = ",\n".join("  " + compact(asdict(row)) for row in table)
    shapes = ",\n".join("  " + compact(result) for result in results)
    return f'{head[:-2]},\n"rows": [\n{lines}\n],\n"shapes": [\n{shapes}\n]\n}}\n'


def as_markdown(header: dict[str, Any], table: Sequence[Row], results: Sequence[dict[str, Any]]) -> str:
    """The report as Markdown: what was measured, one table an origin, what the columns mean."""
    protocol = header["protocol"]
    parts = [
        f"# {header['pack']['id']} on {header['store']['category']} shapes it has not seen",
        f"Protocol `{protocol['id']}`, split `{header['store']['split']}`, "
        f"pack `{header['pack']['hash'][:12]}`, data `{header['store']['hash'][:12]}`. Made by:",
        f"```\n{header['command']}\n```",
    ]
    for origin in dict.fromkeys(row.origin for row in table):
        parts += [
            f"## {ORIGINS[origin].capitalize()}",
            _table([row for row in table if row.origin == origin]),
        ]
    shares = ", ".join(f"{name} {share:.1%}" for name, share in recognised(results).items())
    parts += [f"Pictures that the pack takes for its category: {shares}.", _legend(protocol)]
    return "\n\n".join(parts) + "\n"


def _table(table: Sequence[Row]) -> str:
    lines = [
        "| pictures | method | shapes (groups) | samples | failed "
        "| Chamfer mean [95 %] | median | 90th | F-score |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in table:
        c = row.chamfer
        lines.append(
            f"| {row.condition} | {row.method} | {row.shapes} ({row.groups}) | {row.samples} | {row.failed} "
            f"| {c.mean:.2f} [{c.low:.2f}, {c.high:.2f}] | {c.median:.2f} | {c.ninetieth:.2f} "
            f"| {row.f_score.mean:.3f} |"
        )
    return "\n".join(lines)


def _legend(protocol: dict[str, Any]) -> str:
    elevations = "/".join(f"{value:g}" for value in protocol["elevations"])
    low, high = (f"{100 * value:g}" for value in protocol["hidden"])
    points, resolution = f"{protocol['points']:,}", protocol["resolution"]
    views = f"{protocol['views_per_shape']} of {protocol['azimuths']} azimuths x elevations {elevations}"
    legend = f"""
    Chamfer: sum of the two mean squared nearest-neighbour distances, x 1000, between {points} points seen
    from outside on each mesh; F-score at {protocol["threshold"]}. Both meshes are centred by bounding box
    and scaled to farthest radius 1, with no further alignment; reconstructions are extracted at
    {resolution}^3. {views} a shape. Occluded: {low}-{high} % of the object hidden, on cluttered backgrounds.
    `any`: the answer does not depend on the picture. Intervals: bootstrap over groups. A failure counts, as
    a single point at the origin. Ceiling: the code fitted to the true mesh."""
    return textwrap.fill(" ".join(legend.split()), 110)
