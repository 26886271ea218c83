"""Per-shape results to one table, and its JSON for machines."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from latentmapper.files import sha256_of_json
from latentmapper.make.dataset.store import Store
from latentmapper.make.evaluation.azimuths import curves
from latentmapper.make.evaluation.conditions import SETTINGS
from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.session import DECODED, Session
from latentmapper.make.evaluation.statistics import Summary, summarise
from latentmapper.pack import Pack
from latentmapper.quantising import resolved

FORMAT = 1
"""Of the JSON report."""
ORIGINS = {
    "mesh": "original meshes",
    "parametric": "parametric shapes",
    "deformed": "deformed meshes",
    DECODED: "decoded meshes",
}
"""What tables are headed by; "decoded" is the 3D-LatentMapper paper's own way (its section 4)."""


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
    numbers: dict[str, Summary]
    """By measure, those that were taken."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON, the measures beside the other fields."""
        told = asdict(self)
        return told | told.pop("numbers")


def header(
    session: Session, store: Store, split: str, command: str, shapes: Collection[str] = ()
) -> dict[str, Any]:
    """What a report says before its numbers: protocol, pack and how it looks, data, and the command.

    shapes : ids of the shapes; told is how many of them the pack has learned from.
    """
    pack = Pack.open(session.sources.pack)
    learned = pack.metadata.get("training_shapes", pack.shape_names)  # earlier packs tell no others
    known = len(set(shapes) & set(learned))
    data = sha256_of_json(sorted([record.id, record.sha256] for record in store.records))
    baselines = session.sources.histories(shapes)
    recipe = store.header.get("recipe", {})
    # How the store was split is told where that is out of the common.
    by_shape = {"split_by": "shape"} if recipe.get("split_by") == "shape" else {}
    apart = {"hold_out": list(recipe["hold_out"])} if recipe.get("hold_out") else {}
    about = {"category": store.header["category"], "split": split, "hash": data, "known": known}
    return {
        "format": FORMAT,
        "protocol": session.rules.record(),
        "pack": {"id": pack.id, "category": pack.category, "hash": pack.hash, **_made(pack)},
        "way": {"precision": resolved(session.sources.precision), "looks": session.sources.looks},
        "store": {**about, **by_shape, **apart},
        "command": command,
        **({"baselines": baselines} if baselines else {}),
    }


def warnings(header: dict[str, Any]) -> list[str]:
    """What is known about the header's methods that makes their figures no measure of unseen shapes."""
    if header["store"]["split"] == "train":
        return []
    learned = {f"pack {header['pack']['id']}": header["store"].get("known", 0)}
    learned |= {each["name"]: each.get("known", 0) for each in header.get("baselines", [])}
    return [
        f"{name} has learned from {count} of these shapes: its figures are not those of unseen ones"
        for name, count in learned.items()
        if count
    ]


def _made(pack: Pack) -> dict[str, Any]:
    """What the pack is made of, and how long that took where the pack knows."""
    training = pack.metadata.get("training", {})
    hours = {"hours": training["hours"]} if "hours" in training else {}
    reads = pack.metadata.get("closer") or pack.metadata["descriptor"]
    return {"base": pack.metadata["base"]["kind"], "reads": reads["kind"], **hours}


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
        numbers={name: _summary(cells, name, groups) for name in cells[0] if _taken(cells, name)},
    )


def _taken(cells: Sequence[dict[str, list[Any]]], name: str) -> bool:
    """Whether it is a measure that was taken on any of the samples: some are on one picture a shape alone."""
    return name != "view" and any(value is not None for cell in cells for value in cell[name])


def _summary(cells: Sequence[dict[str, list[Any]]], measure: str, groups: Sequence[str]) -> Summary:
    """Of the samples on which the measure was taken."""
    values = [value for cell in cells for value in cell[measure]]
    taken = [(value, group) for value, group in zip(values, groups, strict=True) if value is not None]
    return summarise([value for value, _ in taken], [group for _, group in taken])


def recognised(results: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Share of the pictures of each condition that the pack takes for its category."""
    logits: dict[str, list[float]] = {}
    for result in results:
        for condition, values in result["presence"].items() if result["origin"] != DECODED else ():
            logits.setdefault(condition, []).extend(values)
    return {
        name: sum(value > 0 for value in values) / len(values) for name, values in logits.items() if values
    }


def as_json(header: dict[str, Any], table: Sequence[Row], results: Sequence[dict[str, Any]]) -> str:
    """The report as JSON text: header and rows indented, one line a shape, so that differences read well."""

    def compact(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    head = json.dumps({**header, "recognised": recognised(results)}, indent=2, allow_nan=False)

    def lines(values: Iterable[Any]) -> str:
        return ",\n".join("  " + compact(value) for value in values)

    parts = {
        "rows": lines(row.as_dict() for row in table),
        "azimuths": lines(asdict(curve) for curve in curves(header["protocol"], results)),
        "shapes": lines(results),
    }
    body = ",\n".join(f'"{name}": [\n{text}\n]' for name, text in parts.items())
    return f"{head[:-2]},\n{body}\n}}\n"
