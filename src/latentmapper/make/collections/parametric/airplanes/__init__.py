"""Parametric airplanes: endless closed, labelled shapes of many kinds, drawn from real proportions."""

from collections.abc import Iterator

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import Shape
from latentmapper.make.collections.parametric import LICENSE, SOURCE
from latentmapper.make.collections.parametric.airplanes.assembly import make_parts, normalised, unite
from latentmapper.make.collections.parametric.airplanes.kinds import KINDS, choose_plan
from latentmapper.make.collections.parametric.airplanes.labels import labels_of
from latentmapper.make.collections.parametric.airplanes.plan import Plan

__all__ = ["KINDS", "Airplanes", "Plan", "airplane", "choose_plan"]

CATEGORY = "airplane"
PREFIX = "parametric-airplane"


def airplane(plan: Plan, shape_id: str = PREFIX) -> Shape:
    """Build the airplane of a plan: one closed, outward-oriented surface in the canonical frame.

    Faces know what they are made of; `labels` holds the attributes of the plan and `scale`, canonical units
    per metre. Raises `MeshError` where
    the parts cannot be united.
    """
    vertices, faces, materials = unite(make_parts(plan))
    vertices, scale = normalised(vertices)
    per_metre = scale / plan.length
    labels = labels_of(plan, np.ptp(vertices, axis=0) / per_metre) | {"scale": round(per_metre, 6)}
    return Shape(
        id=shape_id,
        group=shape_id,
        category=CATEGORY,
        source=SOURCE,
        license=LICENSE,
        vertices=vertices,
        faces=faces,
        materials=materials,
        labels=labels,
        watertight=True,
    )


class Airplanes:
    """A collection of `count` airplanes of all kinds; the same seed and index give the same airplane."""

    category = CATEGORY

    def __init__(self, count: int, seed: int = 0) -> None:
        self.count = count
        self.seed = seed

    def ids(self) -> list[str]:
        """Ids such as "parametric-airplane__0-00042": seed and index."""
        return [f"{PREFIX}__{self.seed}-{index:05d}" for index in range(self.count)]

    def group(self, shape_id: str) -> str:
        """Each airplane is a group of its own."""
        self._index(shape_id)
        return shape_id

    def source(self, shape_id: str) -> str:
        """The same of all airplanes."""
        return SOURCE

    def license(self, shape_id: str) -> str:
        """The same of all airplanes."""
        return LICENSE

    def plan(self, shape_id: str) -> Plan:
        """The numbers behind one airplane."""
        return choose_plan(np.random.default_rng((self.seed, self._index(shape_id))))

    def load(self, shape_id: str) -> Shape:
        """Generate one airplane. Raises `MeshError` for an id of another collection."""
        return airplane(self.plan(shape_id), shape_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids())

    def _index(self, shape_id: str) -> int:
        """The index in an id of this collection."""
        head, _, tail = shape_id.rpartition("-")
        if head != f"{PREFIX}__{self.seed}" or not tail.isdecimal() or int(tail) >= self.count:
            raise MeshError(
                f"{shape_id} is not one of these {self.count} parametric airplanes of seed {self.seed}"
            )
        return int(tail)
