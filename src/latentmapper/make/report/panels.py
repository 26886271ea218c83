"""Which evaluations stand in one table, and under which names their methods do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from latentmapper.files import sha256_of_bytes
from latentmapper.make.evaluation.azimuths import Curve
from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.refusals import PACK, REFUSING
from latentmapper.make.evaluation.report import ORIGINS, Row
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.report.runs import OF_A_PACK, Run

SEEN, HELD_OUT, BY_SHAPE, UNSEEN = "seen", "held out", "by shape", "unseen"
"""What the shapes of a panel are to those who were trained."""
LONGEST = 120
"""Letters of an anchor, about: titles name all kinds held out, and names of files have 255 at most."""


@dataclass(frozen=True)
class Entry:
    """A method of a run under the name that it has among others."""

    label: str
    run: Run
    method: str

    @property
    def ours(self) -> bool:
        """Whether it is a pack."""
        return self.method == PACK

    def row(self, origin: str, condition: str) -> Row | None:
        """Its line for these shapes and pictures; that of a method which does not look has any condition."""
        wanted = (origin, self.method, (condition, ANY))
        found = [r for r in self.run.rows if (r.origin, r.method) == wanted[:2] and r.condition in wanted[2]]
        return found[0] if found else None

    @cached_property
    def unseeing(self) -> list[Any]:
        """Chamfer distances of a method that does not look, shape by shape; empty of one that does."""
        cells = [shape["samples"].get(self.method, {}).get(ANY) for shape in self.run.report["shapes"]]
        return [cell["chamfer"] for cell in cells if cell]

    def curve(self, origin: str, condition: str) -> Curve | None:
        """Its error over azimuth."""
        wanted = (origin, condition, self.method)
        return next((c for c in self.run.curves if (c.origin, c.condition, c.method) == wanted), None)


@dataclass(frozen=True, eq=False)
class Panel:
    """Evaluations of the same shapes by the same rules, which therefore compare."""

    runs: Sequence[Run]
    also: str = ""
    """What tells it from another of the same title."""

    @property
    def first(self) -> Run:
        """The one that was named first; its pack is the one that all others are held against."""
        return self.runs[0]

    @property
    def title(self) -> str:
        """What was measured on what."""
        origins = " and ".join(ORIGINS[origin] for origin in self.origins)
        split = f"{self.first.split} split"
        if self.kind == HELD_OUT:
            split = f"held out of all training ({', '.join(self.first.report['store'].get('hold_out', []))})"
        elif self.kind == BY_SHAPE:
            split = f"{split}, near-copies on both sides"
        return f"{self.first.category}, {split}, {origins}{self.also}"

    @property
    def kind(self) -> str:
        """What its shapes are to those who were trained: one of the constants above."""
        if self.first.split == "train":
            return SEEN
        if self.first.split == "held-out":
            return HELD_OUT
        return BY_SHAPE if self.first.report["store"].get("split_by") == "shape" else UNSEEN

    @property
    def anchor(self) -> str:
        """For names of files and links."""
        text = f"{self.title} {self.first.protocol['id']} {self.first.report['store']['hash'][:6]}"
        name = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text).split()).lower()
        return name if len(name) <= LONGEST else f"{name[:LONGEST]}-{sha256_of_bytes(text.encode())[:8]}"

    @property
    def condition(self) -> str:
        """Of the pictures that main tables are about."""
        return self.first.condition

    @property
    def origins(self) -> list[str]:
        """Of its shapes, decoded meshes left out."""
        return list(dict.fromkeys(row.origin for row in self.first.rows if row.origin != DECODED))

    @cached_property
    def entries(self) -> list[Entry]:
        """All methods, packs first, each under a name of its own.

        Methods that do not depend on the pack are taken from the first run that has them, and so are the mean
        shape and the ceiling of packs that share a base.
        """
        several = len({run.pack for run in self.runs}) > 1
        found: dict[str, Entry] = {}
        for run in self.runs:
            for method in dict.fromkeys(row.method for row in run.rows):
                label = run.pack if method == PACK else method
                if several and method in OF_A_PACK:
                    label = f"{method} of {run.pack}"
                if label in found and (
                    method in (PACK, REFUSING) or run.maker(method) != found[label].run.maker(method)
                ):
                    label = f"{label} ({run.name})"
                found.setdefault(label, Entry(label, run, method))
        return sorted(_once(list(found.values())), key=lambda entry: not entry.ours)

    @property
    def seeing(self) -> list[Entry]:
        """The methods that look at pictures."""
        return [
            e for e in self.entries if any(r.method == e.method and r.condition != ANY for r in e.run.rows)
        ]


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Of methods that answer all shapes alike without a look the first, which tells how many others do."""
    kept: list[Entry] = []
    for entry in entries:
        if not any(_alike(entry, earlier) for earlier in kept):
            more = sum(_alike(entry, other) for other in entries) - 1
            kept.append(replace(entry, label=f"{entry.label} and {more} more") if more > 0 else entry)
    return kept


def _alike(one: Entry, other: Entry) -> bool:
    return one.method == other.method and bool(one.unseeing) and one.unseeing == other.unseeing


def panels(runs: Sequence[Run]) -> list[Panel]:
    """Runs by category, shapes and protocol, in the order in which they were named."""
    found: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        store = run.report["store"]
        told = (run.category, run.split, store.get("split_by", ""), store["hash"], run.protocol["id"])
        found.setdefault((*told, run.shapes), []).append(run)
    made = [Panel(group) for group in found.values()]
    for about in (_data, _shapes):
        titles = [panel.title for panel in made]
        made = [replace(p, also=p.also + about(p)) if titles.count(p.title) > 1 else p for p in made]
    return made


def _data(panel: Panel) -> str:
    return f", {panel.first.protocol['id']} on data {panel.first.report['store']['hash'][:6]}"


def _shapes(panel: Panel) -> str:
    count = len({shape["id"] for shape in panel.first.report["shapes"]})
    return f", {count} shapes ({panel.first.shapes[:6]})"
