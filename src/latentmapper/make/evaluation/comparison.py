"""The metrics by name, and all of them for one reconstruction and its truth."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.spatial import KDTree

from latentmapper.make.evaluation import metrics
from latentmapper.make.evaluation.alignment import align
from latentmapper.make.evaluation.emd import Norm, earth_movers_distance
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.surface import Surface
from latentmapper.make.evaluation.volume import volume_iou

ALIGNED = "aligned_"
"""Begins the name of a metric that is taken after similarity alignment."""
ALWAYS = ("chamfer", "f_score")
"""Measured whatever else is asked for."""


@dataclass(frozen=True)
class Metric:
    """One metric, as it is computed and shown."""

    title: str
    """Of its column."""
    digits: int
    """Decimals that are kept of every sample."""
    better: int
    """1 where more is better, -1 where less is."""
    measure: Callable[["Comparison"], float]
    taken: Literal["always", "few", "once"] = "always"
    """On all pictures, on the first few (`Rules.emd_views`) of each condition, or on the shape's first."""


METRICS: dict[str, Metric] = {
    "chamfer": Metric("Chamfer", 3, -1, lambda c: metrics.chamfer(c.matches)),
    "f_score": Metric("F-score", 4, 1, lambda c: metrics.f_score(c.matches, c.rules.threshold)),
    "f_score_01": Metric("F@0.01", 4, 1, lambda c: metrics.f_score(c.matches, 0.01)),
    "f_score_02": Metric("F@0.02", 4, 1, lambda c: metrics.f_score(c.matches, 0.02)),
    "chamfer_in_place": Metric("Chamfer in place", 3, -1, lambda c: metrics.chamfer(c.matches_in_place)),
    "chamfer_l1": Metric("Chamfer-L1", 3, -1, lambda c: metrics.chamfer_l1(c.matches)),
    "nearest_manhattan": Metric("nearest Manhattan", 3, -1, lambda c: c.nearest_manhattan()),
    "emd": Metric("EMD", 3, -1, lambda c: c.emd("euclidean", c.rules.emd_points), "few"),
    "emd_manhattan": Metric("EMD Manhattan", 3, -1, lambda c: c.emd("cityblock", c.rules.emd_points), "few"),
    "emd_all": Metric("EMD all points", 3, -1, lambda c: c.emd("euclidean", c.rules.points), "once"),
    "emd_all_manhattan": Metric(
        "EMD Manhattan all points", 3, -1, lambda c: c.emd("cityblock", c.rules.points), "once"
    ),
    "iou": Metric("IoU", 4, 1, lambda c: volume_iou(c.truth.occupied, c.answer.occupied)),
    "normal_consistency": Metric("normals", 4, 1, lambda c: c.normal_consistency()),
    "watertight": Metric("watertight", 4, 1, lambda c: float(c.answer.watertight)),
}
"""All metrics; which views and points they are taken on is in `Rules`."""


def measures(names: Collection[str], aligned: Collection[str] = ()) -> tuple[str, ...]:
    """What is measured where these metrics are asked for, in the order of the columns."""
    plain = [name for name in METRICS if name in (*ALWAYS, *names)]
    return (*plain, *(ALIGNED + name for name in METRICS if name in aligned))


def metric_of(measure: str) -> Metric:
    """The metric that a measure takes."""
    return METRICS[measure.removeprefix(ALIGNED)]


class Comparison:
    """One reconstruction against its truth; every value is computed once."""

    def __init__(self, truth: Surface, answer: Surface, rules: Rules) -> None:
        self.truth, self.answer, self.rules = truth, answer, rules
        self._known: dict[str, float] = {}

    def value(self, measure: str) -> float:
        """The metric of that name, after similarity alignment where the name begins with "aligned_"."""
        if measure not in self._known:
            compared = self.aligned if measure.startswith(ALIGNED) else self
            self._known[measure] = metric_of(measure).measure(compared)
        return self._known[measure]

    @cached_property
    def matches(self) -> metrics.Matches:
        """Nearest points, truth first."""
        return metrics.match(self.truth.tree, self.answer.tree)

    @cached_property
    def matches_in_place(self) -> metrics.Matches:
        """The same where both are left in the frame that they came in: decoded truths have any radius."""
        return metrics.match(KDTree(self.truth.in_place), KDTree(self.answer.in_place))

    @cached_property
    def aligned(self) -> "Comparison":
        """The same with the answer's points moved, turned and scaled onto the truth's; its volume stays."""
        move = align(self.answer.points, self.truth.points)
        normals = (self.answer.normals @ move.rotation.T).astype(np.float32)
        answer = self.answer
        moved = Surface(move(answer.points), normals, lambda: answer.occupied, answer.mesh)
        return Comparison(self.truth, moved, self.rules)

    def emd(self, norm: Norm, points: int) -> float:
        """Earth Mover's Distance between the first points of each; an answer of fewer repeats them."""
        count = min(points, len(self.truth.points))
        answer = np.resize(self.answer.points[:count], (count, 3))
        return earth_movers_distance(self.truth.points[:count], answer, norm)

    def nearest_manhattan(self) -> float:
        """Manhattan distances between nearest points."""
        return metrics.nearest_manhattan(self.matches, self.truth.points, self.answer.points)

    def normal_consistency(self) -> float:
        """Cosines between normals of nearest points."""
        return metrics.normal_consistency(self.matches, self.truth.normals, self.answer.normals)
