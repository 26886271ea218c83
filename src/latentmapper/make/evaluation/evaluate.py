"""Methods against true shapes, picture by picture."""

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, StoreError
from latentmapper.make.dataset.store import ShapeData
from latentmapper.make.evaluation.comparison import Comparison, measures, metric_of
from latentmapper.make.evaluation.conditions import Condition
from latentmapper.make.evaluation.journal import Entry, Journal
from latentmapper.make.evaluation.methods import Description, Method
from latentmapper.make.evaluation.protocol import EvaluationPicture, Rules
from latentmapper.make.evaluation.refusals import FAILURE, refused
from latentmapper.make.evaluation.surface import Surface

log = logging.getLogger(__name__)

FAILED = np.zeros((1, 3), np.float32)
"""The points that a failed method is scored with, and their normals: it has neither these nor a volume."""
ANY = "any"
"""Stands for the condition of methods that do not look at the picture."""


@dataclass(frozen=True)
class Sample:
    """One method's result on one picture."""

    method: str
    condition: str
    view: int
    values: dict[str, float]
    """By measure; those that are taken on a few views only are missing on the others."""
    error: str | None = None
    """Why the method failed, or None."""


def _nothing(shape_id: str) -> ShapeData:
    raise StoreError(f"no code is known of {shape_id}")


@dataclass(frozen=True)
class Evaluator:
    """Everything but the shapes: rules, methods, and how pictures are made and described."""

    rules: Rules
    conditions: tuple[Condition, ...]
    methods: Sequence[Method]
    render: Callable[[ShapeData, EvaluationPicture], NDArray[np.uint8]]
    """True shape, picture -> (h, w, 3) uint8."""
    describe: Callable[[NDArray[np.uint8]], Description]
    """(h, w, 3) uint8 -> what the ViT says of it."""
    measures: tuple[str, ...] = measures(())
    """What is measured, by the names of `comparison.measures`."""
    decode: Callable[[str], ShapeData] = _nothing
    """Id of a shape -> the mesh of its code."""

    def shape(
        self, shape_id: str, shape: ShapeData, closed: bool = False, journal: Journal | None = None
    ) -> dict[str, Any]:
        """All samples of one shape, as the JSON that is kept of them.

        `closed` says that its mesh is watertight and oriented outwards; pictures that the journal holds are
        not measured again. Raises `MeshError` where the true mesh cannot be compared with anything.
        """
        scoring = _Scoring(shape_id, self._truth(shape_id, shape, closed), self.rules)
        journal = journal or Journal()
        samples: list[Sample] = []
        logits: dict[str, list[float]] = {condition: [] for condition in self.conditions}
        missed: set[str] = set()
        for number, picture in enumerate(self.rules.pictures(shape_id, self.conditions)):
            if number == len(journal.entries):
                journal.add(self._picture(scoring, shape, picture, number))
            entry = journal.entries[number]
            samples += [Sample(**sample) for sample in entry["samples"]]
            logits[picture.condition].append(entry["presence"])
            missed.update(self._wanted(number) if refused(entry["presence"]) else ())
        table = columns(samples, self.measures)
        failure = {FAILURE: scoring.failure([n for n in self.measures if n in missed])} if missed else {}
        return {"samples": table, "failures": failures(samples), "presence": logits, **failure}

    def _picture(
        self, scoring: "_Scoring", shape: ShapeData, picture: EvaluationPicture, number: int
    ) -> Entry:
        """What is measured on one picture; methods that do not look at it answer the first one alone."""
        described = self.describe(self.render(shape, picture))
        wanted = self._wanted(number)
        methods = [method for method in self.methods if method.sees or number == 0]
        samples = [scoring.sample(method, picture, described, wanted) for method in methods]
        presence = round(described.odds, 2)
        return {"presence": presence, "samples": [asdict(sample) for sample in samples]}

    def _truth(self, shape_id: str, shape: ShapeData, closed: bool) -> Surface:
        """The true surface, its volume included: what goes wrong with it is no method's failure."""
        truth = Surface.of(shape, self.rules, self.rules.seed, closed)
        if "iou" in self.measures and not truth.occupied.any():
            log.warning("%s encloses no cell of the lattice, so that every IoU with it is 0", shape_id)
        return truth

    def _wanted(self, number: int) -> list[str]:
        """What is measured on the picture of that number among a shape's."""
        few = number % self.rules.views_per_shape < self.rules.emd_views
        taken = {"always": True, "few": few, "once": number == 0}
        return [name for name in self.measures if taken[metric_of(name).taken]]


class _Scoring:
    """Scores of one shape; an answer that was scored once is not built again."""

    def __init__(self, shape_id: str, truth: Surface, rules: Rules) -> None:
        self.shape_id, self.truth, self.rules = shape_id, truth, rules
        self._known: dict[tuple[str, Hashable], Comparison] = {}

    def sample(
        self, method: Method, picture: EvaluationPicture, described: Description, wanted: Sequence[str]
    ) -> Sample:
        """One method on one picture; whatever goes wrong in it is its result, not the end of the run.

        What is wrong with the installation or the pack is no matter of the picture: `MissingError`.
        """
        try:
            comparison, error = self._comparison(method, described), None
            values = {name: _finite(name, comparison.value(name)) for name in wanted}
        except MissingError:
            raise
        except Exception as problem:
            values = {name: self._failed.value(name) for name in wanted}
            error = f"{type(problem).__name__}: {problem}"
            log.warning("%s failed on view %d of %s: %s", method.name, picture.view, self.shape_id, error)
        return Sample(method.name, picture.condition if method.sees else ANY, picture.view, values, error)

    def failure(self, wanted: Sequence[str]) -> dict[str, float]:
        """What a failure scores, in as many decimals as are kept."""
        return {name: round(self._failed.value(name), metric_of(name).digits) for name in wanted}

    def _comparison(self, method: Method, described: Description) -> Comparison:
        answer = method.answer(self.shape_id, described)
        key = (method.name, answer)
        if key not in self._known:
            self._known[key] = Comparison(self.truth, method.surface(answer), self.rules)
        return self._known[key]

    @cached_property
    def _failed(self) -> Comparison:
        nothing = Surface(FAILED, FAILED, lambda: np.zeros(self.rules.cells**3, bool))
        return Comparison(self.truth, nothing, self.rules)


def _finite(measure: str, value: float) -> float:
    """The value; one that is no number would be no result. Raises `ValueError`."""
    if not np.isfinite(value):
        raise ValueError(f"{measure} is {value}")
    return float(value)


Columns = dict[str, dict[str, dict[str, list[float | None]]]]


def columns(samples: Sequence[Sample], measures: Sequence[str]) -> Columns:
    """Samples as lists by method and condition: view, and every measure, None where it was not taken."""
    table: Columns = {}
    for sample in samples:
        cells = table.setdefault(sample.method, {})
        cell = cells.setdefault(sample.condition, {"view": [], **{name: [] for name in measures}})
        cell["view"].append(sample.view)
        for name in measures:
            value = sample.values.get(name)
            cell[name].append(None if value is None else round(value, metric_of(name).digits))
    return table


def failures(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """The samples in which a method failed, with the reason."""
    return [
        {"method": sample.method, "condition": sample.condition, "view": sample.view, "error": sample.error}
        for sample in samples
        if sample.error
    ]
