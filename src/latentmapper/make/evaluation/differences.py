"""Two methods held against each other, sample by sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.make.evaluation.comparison import ALIGNED, METRICS, metric_of
from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.report import ORIGINS
from latentmapper.make.evaluation.statistics import summarise

Cell = dict[str, list[Any]]


@dataclass(frozen=True)
class Side:
    """One of the two."""

    name: str
    """Of its file, for errors."""
    report: dict[str, Any]
    """What the file holds."""
    method: str

    def __post_init__(self) -> None:
        """Raise `UsageError` where the file has no such method."""
        if self.method not in self.methods:
            raise UsageError(f"{self.name} has no method {self.method!r}; it has: {', '.join(self.methods)}")

    @property
    def methods(self) -> list[str]:
        """All methods of the file."""
        return list(dict.fromkeys(name for shape in self.report["shapes"] for name in shape["samples"]))

    @property
    def measures(self) -> list[str]:
        """What the file has of the method, in the order of the columns."""
        cells = (
            cell for shape in self.report["shapes"] for cell in shape["samples"].get(self.method, {}).values()
        )
        found = {name for cell in cells for name in cell}
        return [name for name in (*METRICS, *(ALIGNED + name for name in METRICS)) if name in found]


def narrowed(side: Side, patterns: Sequence[str]) -> Side:
    """A side with those shapes alone whose ids match one of the patterns, in the way of file names; none
    takes all.

    Raises
    ------
    UsageError : no shape of the file does.
    """
    if not patterns:
        return side
    every = side.report["shapes"]
    kept = [shape for shape in every if any(fnmatchcase(shape["id"], each) for each in patterns)]
    if not kept:
        wanted = " or ".join(patterns)
        raise UsageError(f"--shapes: {side.name} has no {wanted}, but {every[0]['id']} and others")
    return replace(side, report=side.report | {"shapes": kept})


@dataclass(frozen=True)
class Difference:
    """One measure under one condition, on the samples that both have."""

    origin: str
    condition: str
    measure: str
    shapes: int
    groups: int
    samples: int
    first: float
    """Mean of the first method."""
    second: float
    """Mean of the second method."""
    difference: float
    """Mean of first less second."""
    low: float
    """Lower end of the 95 % confidence interval of the difference."""
    high: float
    """Upper end of it."""
    better: float
    """Share of the samples on which the first is better than the second."""


@dataclass(frozen=True)
class _Pair:
    """One sample of both."""

    shape: str
    group: str
    first: float
    second: float


def differences(first: Side, second: Side, wanted: Sequence[str] = ()) -> list[Difference]:
    """Paired differences on all shapes that both sides have, by origin, condition and measure.

    A method that does not look at the picture has one answer a shape, which is held against every view of the
    other. Pairs are resampled by group, as in `summarise`; Efron and Tibshirani, 1993.

    Parameters
    ----------
    wanted : names of measures; all that both have where empty.

    Raises
    ------
    UsageError : the protocols differ, no shape or condition is in both, or a measure is missing from one.
    """
    _require_one_protocol(first, second)
    shapes = _shared_shapes(first, second)
    measures = wanted or [name for name in first.measures if name in second.measures]
    for side in (first, second):
        if missing := [name for name in measures if name not in side.measures]:
            raise UsageError(f"{side.name} has no {missing[0]}; it has: {', '.join(side.measures)}")
    found = [
        _difference(origin, condition, measure, pairs)
        for origin in ORIGINS
        for condition in _conditions(shapes, first, second)
        for measure in measures
        if (pairs := list(_pairs(shapes, origin, condition, measure, first, second)))
    ]
    if not found:
        raise UsageError(f"{first.name} and {second.name} have no pictures of one condition in common")
    return found


def _require_one_protocol(first: Side, second: Side) -> None:
    ids = [side.report["protocol"]["id"] for side in (first, second)]
    if ids[0] != ids[1]:
        raise UsageError(
            f"{first.name} follows protocol {ids[0]}, {second.name} protocol {ids[1]}: these do not compare"
        )


def _shared_shapes(first: Side, second: Side) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The results of each shape that both measured, and that was the same mesh in both."""
    others = {_identity(shape): shape for shape in second.report["shapes"]}
    keys = [_identity(shape) for shape in first.report["shapes"]]
    shared = [
        (shape, others[key]) for key, shape in zip(keys, first.report["shapes"], strict=True) if key in others
    ]
    if not shared:
        raise UsageError(f"{first.name} and {second.name} have no shape in common")
    return shared


def _identity(shape: dict[str, Any]) -> tuple[str, ...]:
    """What tells a true mesh from all others."""
    return shape["id"], shape["sha256"], shape["origin"]


def _conditions(shapes: Sequence[tuple[dict, dict]], first: Side, second: Side) -> list[str]:
    """Conditions under which both have an answer; `ANY` where neither looks at the picture."""
    mine = {name: None for one, _ in shapes for name in one["samples"].get(first.method, {})}
    theirs = {name: None for _, other in shapes for name in other["samples"].get(second.method, {})}
    if ANY in mine or ANY in theirs:
        return [name for name in {**mine, **theirs} if name != ANY] or [ANY]
    return [name for name in mine if name in theirs]


def _pairs(
    shapes: Sequence[tuple[dict, dict]], origin: str, condition: str, measure: str, first: Side, second: Side
) -> Iterator[_Pair]:
    for one, other in shapes:
        if one["origin"] != origin:
            continue
        mine = _values(one["samples"].get(first.method, {}), condition, measure)
        theirs = _values(other["samples"].get(second.method, {}), condition, measure)
        for view in dict.fromkeys([*mine, *theirs]):
            left, right = (values.get(view, values.get(None)) for values in (mine, theirs))
            if view is not None and left is not None and right is not None:
                yield _Pair(one["id"], one["group"], left, right)


def _values(cells: dict[str, Cell], condition: str, measure: str) -> dict[int | None, float | None]:
    """Values by view; by None, that of a method that does not look at the picture."""
    if condition in cells:
        cell = cells[condition]
        return dict(zip(cell["view"], cell[measure], strict=True)) if measure in cell else {}
    return {None: values[0]} if (values := cells.get(ANY, {}).get(measure)) else {}


def _difference(origin: str, condition: str, measure: str, pairs: Sequence[_Pair]) -> Difference:
    first, second = (np.array([getattr(pair, name) for pair in pairs]) for name in ("first", "second"))
    groups = [pair.group for pair in pairs]
    summary = summarise(list(first - second), groups)
    return Difference(
        origin,
        condition,
        measure,
        shapes=len({pair.shape for pair in pairs}),
        groups=len(set(groups)),
        samples=len(pairs),
        first=float(first.mean()),
        second=float(second.mean()),
        difference=summary.mean,
        low=summary.low,
        high=summary.high,
        better=float(np.mean(metric_of(measure).better * (first - second) > 0)),
    )
