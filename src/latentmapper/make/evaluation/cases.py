"""Which pictures of an evaluation are shown: a fair few, and the worst."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from latentmapper.errors import UsageError
from latentmapper.make.dataset.store import Record
from latentmapper.make.evaluation.results import read_results
from latentmapper.make.evaluation.session import DECODED, Session

Kind = Literal["example", "worst"]
CHOOSER = "chooser"
"""Part of results that show the cases of another evaluation: id and hash of the pack whose errors chose them.
Older results do not tell; of these the command does that made them."""


@dataclass(frozen=True)
class Case:
    """One picture that is shown with what every method made of it."""

    kind: Kind
    number: int
    """Of an example, the percentile of its error among all samples; of the worst, its rank from 1."""
    shape: str
    origin: str
    condition: str
    view: int
    """Index into the protocol's grid of views."""

    @property
    def file(self) -> str:
        """Where its picture and meshes are, below the folder of the evaluation."""
        return f"cases/{self.kind}-{self.number:02d}.safetensors"


@dataclass(frozen=True)
class Named:
    """The cases of another evaluation."""

    cases: list[Case]
    chooser: dict[str, str] | None
    """Id and hash of the pack whose errors chose them; None where that is not known."""


@dataclass(frozen=True)
class _Sample:
    error: float
    shape: str
    origin: str
    view: int


def choose_cases(
    results: Sequence[dict[str, Any]], condition: str, examples: int, worst: int, method: str = "pack"
) -> list[Case]:
    """Examples at even percentiles of the method's Chamfer distance, and the worst; no shape twice in either.

    By percentile nobody picks the examples: a half of all samples is better than the middle one.

    Parameters
    ----------
    results : of the shapes, as an evaluation keeps them; decoded meshes are passed over.
    condition : of the pictures.
    """
    order = sorted(_samples(results, condition, method), key=lambda s: (s.error, s.shape, s.view))
    shapes = len({sample.shape for sample in order})
    examples = min(examples, shapes)
    percentiles = [100 * (2 * i + 1) / (2 * examples) for i in range(examples)]
    chosen: list[_Sample] = []
    for percentile in percentiles:
        place = percentile / 100 * (len(order) - 1)
        free = [i for i, s in enumerate(order) if s.shape not in {c.shape for c in chosen}]
        chosen.append(order[min(free, key=lambda i: abs(i - place))])
    failing = list({sample.shape: sample for sample in order}.values())  # the last, the worst, of each shape
    failing.sort(key=lambda sample: -sample.error)
    return [
        *(_case("example", round(p), s, condition) for p, s in zip(percentiles, chosen, strict=True)),
        *(_case("worst", rank, s, condition) for rank, s in enumerate(failing[:worst], start=1)),
    ]


def same_cases(path: Path, session: Session, records: Sequence[Record]) -> Named:
    """The cases of another evaluation, those of shapes that are among the records.

    Raises
    ------
    MissingError : no such file.
    UsageError : it holds no cases, or those of pictures that this evaluation does not take.
    """
    report = read_results(path, ("protocol", "cases"), "--cases")
    try:
        named = Named([Case(**case) for case in report["cases"]], chosen_by(report))
        taken = {(record.id, record.origin): views(session, record) for record in records}
        known = [case for case in named.cases if (case.shape, case.origin) in taken]
        fits = all(
            (c.condition, c.view) in taken[c.shape, c.origin] and c.kind in get_args(Kind) for c in known
        )
    except (TypeError, KeyError):
        raise UsageError(f"--cases: {path} is no results.json of latentmapper evaluate") from None
    if not known or not fits:
        raise UsageError(f"--cases: {path} is of pictures that this evaluation does not take")
    return replace(named, cases=known)


def borrowed(report: dict[str, Any]) -> bool:
    """Whether the cases of results are those of another evaluation, which another's errors chose."""
    return CHOOSER in report or re.search(r"\s--cases[\s=]", str(report.get("command"))) is not None


def chosen_by(report: dict[str, Any]) -> dict[str, str] | None:
    """Whose errors chose the cases of results, be they its own or those of yet another evaluation."""
    if borrowed(report) and CHOOSER not in report:
        return None
    pack = report[CHOOSER if borrowed(report) else "pack"]
    return {name: str(pack[name]) for name in ("id", "hash")}


def views(session: Session, record: Record) -> set[tuple[str, int]]:
    """Condition and view of the pictures that cases of a shape may show."""
    return {(p.condition, p.view) for p in session.rules.pictures(record.id, session.conditions[:1])}


def _samples(results: Sequence[dict[str, Any]], condition: str, method: str) -> list[_Sample]:
    found = []
    for result in results:
        cell = result["samples"].get(method, {}).get(condition)
        if cell and result["origin"] != DECODED:
            pairs = zip(cell["chamfer"], cell["view"], strict=True)
            found += [_Sample(error, result["id"], result["origin"], view) for error, view in pairs]
    return found


def _case(kind: Kind, number: int, sample: _Sample, condition: str) -> Case:
    return Case(kind, number, sample.shape, sample.origin, condition, sample.view)
