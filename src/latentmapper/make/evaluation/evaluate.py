"""Methods against true shapes, picture by picture."""

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.store import ShapeData
from latentmapper.make.evaluation.methods import Description, Method
from latentmapper.make.evaluation.metrics import Score, Target
from latentmapper.make.evaluation.protocol import Condition, EvaluationPicture, Rules
from latentmapper.make.evaluation.visible import visible_points

log = logging.getLogger(__name__)

FAILED = np.zeros((1, 3), np.float32)
"""The points that a failed method is scored with."""
ANY = "any"
"""Stands for the condition of methods that do not look at the picture."""


@dataclass(frozen=True)
class Sample:
    """One method's result on one picture."""

    method: str
    condition: str
    view: int
    score: Score
    error: str | None = None
    """Why the method failed, or None."""


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
    presence: Callable[[NDArray[np.float32]], float]
    """Overview -> log-odds that the pack takes the picture for its category."""

    def shape(self, shape_id: str, shape: ShapeData) -> dict[str, Any]:
        """All samples of one shape, as the JSON that is kept of them."""
        scoring = _Scoring(shape_id, self._target(shape), self.rules.threshold)
        samples: list[Sample] = []
        logits: dict[str, list[float]] = {condition: [] for condition in self.conditions}
        for picture in self.rules.pictures(shape_id, self.conditions):
            described = self.describe(self.render(shape, picture))
            logits[picture.condition].append(round(self.presence(described.overview), 2))
            wanted = [method for method in self.methods if method.sees or not samples]
            samples += [scoring.sample(method, picture, described) for method in wanted]
        return {"samples": columns(samples), "failures": failures(samples), "presence": logits}

    def _target(self, shape: ShapeData) -> Target:
        rules = self.rules
        return Target(visible_points(shape, rules.points, rules.viewpoints, rules.seed))


class _Scoring:
    """Scores of one shape; an answer that was scored once is not built again."""

    def __init__(self, shape_id: str, target: Target, threshold: float) -> None:
        self.shape_id, self.target, self.threshold = shape_id, target, threshold
        self._known: dict[tuple[str, Hashable], Score] = {}

    def sample(self, method: Method, picture: EvaluationPicture, described: Description) -> Sample:
        """One method on one picture; whatever goes wrong in it is its result, not the end of the run."""
        try:
            score, error = self._score(method, described), None
        except Exception as problem:
            score, error = self.target.score(FAILED, self.threshold), f"{type(problem).__name__}: {problem}"
            log.warning("%s failed on view %d of %s: %s", method.name, picture.view, self.shape_id, error)
        return Sample(method.name, picture.condition if method.sees else ANY, picture.view, score, error)

    def _score(self, method: Method, described: Description) -> Score:
        answer = method.answer(self.shape_id, described)
        key = (method.name, answer)
        if key not in self._known:
            self._known[key] = self.target.score(method.points(answer), self.threshold)
        return self._known[key]


def columns(samples: Sequence[Sample]) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Samples as lists by method and condition: view, chamfer, f_score."""
    table: dict[str, dict[str, dict[str, list[float]]]] = {}
    for sample in samples:
        cells = table.setdefault(sample.method, {})
        cell = cells.setdefault(sample.condition, {"view": [], "chamfer": [], "f_score": []})
        cell["view"].append(sample.view)
        cell["chamfer"].append(round(sample.score.chamfer, 3))
        cell["f_score"].append(round(sample.score.f_score, 4))
    return table


def failures(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """The samples in which a method failed, with the reason."""
    return [
        {"method": sample.method, "condition": sample.condition, "view": sample.view, "error": sample.error}
        for sample in samples
        if sample.error
    ]
