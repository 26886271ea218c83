"""Attributes of a shape: from parametric labels, from the tables of known vehicles, from a collection.

Attributes are words by name. Of airplanes: `name`, `noun` (narrow-body airliner), `family` (airliner),
`propulsion` (jet, propeller, none), `engines` (their number), `place` (where they are), `wing` (low, mid,
high, parasol), `wings` (monoplane, biplane, triplane), `planform` (straight, slightly swept, swept, delta),
`tail`, `canard`, `gear` and `radome`; `place`, `tail` and `gear` have the values of parametric airplanes.
Of cars: `name`, `body` (sedan, ...), `kind` (taxi, ...), `cab`, `roof`, `rails`, `sunroof`, `spoiler`,
`windows`. What is not known is not there.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from latentmapper.make.dataset.store import Record

Attributes = dict[str, str]
DELTA_KINDS = frozenset(
    {"delta fighter", "tailed delta fighter", "canard fighter", "delta bomber", "supersonic transport"}
)
CAR_OPTIONS = ("body", "cab", "roof", "rails", "sunroof", "spoiler", "windows")
COPIED = ("wings", "tail", "gear")


def attributes_of(record: Record, parent: Record | None = None) -> Attributes:
    """What is known of a shape of a store.

    Parameters
    ----------
    parent : the shape that a deformed one was made from: what it is called holds for the copy too.
    """
    source = parent or record
    if source.origin == "parametric":
        made = of_airplane(source.labels) if record.category == "airplane" else of_car(source.labels)
    else:
        made = _words(source.labels) | known(record.category).get(source.id, {})
    return made | {"category": record.category}  # a label of that name says nothing else


def of_airplane(labels: Mapping[str, Any]) -> Attributes:
    """Attributes from the labels of a parametric airplane; they say exactly how it was built."""
    kind = kinds().get(str(labels["kind"]), {"noun": "airplane"})
    found = {name: value for name, value in kind.items() if value and name != "kind"}
    found |= {name: str(labels[name]) for name in COPIED}
    if labels["wings"] == "monoplane":
        found["wing"] = str(labels["wing_position"])
    if labels["engines"]:
        found["engines"] = str(labels["engines"])
        found["place"] = str(labels["engine_place"])
        found["propulsion"] = "propeller" if labels["propeller"] else "jet"
    elif found.get("family") == "glider":
        found |= {"engines": "0", "place": "none", "propulsion": "none"}
    found |= {name: "yes" for name in ("canard", "radome") if labels[name]}
    return found | {"planform": _planform(str(labels["kind"]), float(labels["sweep"]))}


def of_car(labels: Mapping[str, Any]) -> Attributes:
    """Attributes from the labels of a parametric car."""
    known = {name: str(labels[name]) for name in CAR_OPTIONS if name in labels}
    return {name: value for name, value in known.items() if value not in ("no", "none")}


@cache
def known(category: str) -> dict[str, Attributes]:
    """The table of known real shapes of a category by shape id; empty for other categories."""
    file = {"airplane": "aircraft.csv", "car": "cars.csv"}.get(category)
    rows = _table(file) if file else []
    return {
        shape: {name: value for name, value in row.items() if value and name != "ids"}
        for row in rows
        for shape in row["ids"].split()
    }


@cache
def kinds() -> dict[str, Attributes]:
    """What each kind of parametric airplane is called: noun and, where it belongs to one, family."""
    return {row["kind"]: row for row in _table("kinds.csv")}


def _table(name: str) -> list[dict[str, str]]:
    text = (
        resources.files("latentmapper.make.dataset.descriptions").joinpath(name).read_text(encoding="utf-8")
    )
    return list(csv.DictReader(text.splitlines()))


def _words(labels: Mapping[str, Any]) -> Attributes:
    """Labels of a manifest that say something in words."""
    return {name: value for name, value in labels.items() if isinstance(value, str) and value.strip()}


def _planform(kind: str, sweep: float) -> str:
    """What a wing with this sweep of the quarter-chord line, degrees, is called."""
    if kind in DELTA_KINDS:
        return "delta"
    return "straight" if abs(sweep) < 9 else "slightly swept" if sweep < 18 else "swept"
