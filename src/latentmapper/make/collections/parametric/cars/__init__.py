"""Parametric cars: one closed, labelled solid per seed and index, with the proportions of real vehicles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import Shape
from latentmapper.make.collections.parametric import LICENSE, SOURCE
from latentmapper.make.collections.parametric.cars.assembly import build
from latentmapper.make.collections.parametric.cars.body import lower_body
from latentmapper.make.collections.parametric.cars.design import Design, draw
from latentmapper.make.collections.parametric.cars.solids import arrays

CATEGORY = "car"


@dataclass(frozen=True)
class Cars:
    """A collection of random cars; the same count, seed and index always give the same car."""

    count: int
    """How many cars."""
    seed: int = 0
    """Which family of random cars."""
    category: ClassVar[str] = CATEGORY
    """What all of them are."""

    def ids(self) -> list[str]:
        """Ids such as "parametric-car__0-00042": seed and index."""
        return [f"parametric-car__{self.seed}-{index:05d}" for index in range(self.count)]

    def group(self, shape_id: str) -> str:
        """Every car is a group of its own."""
        return shape_id

    def source(self, shape_id: str) -> str:
        """The same of all cars."""
        return SOURCE

    def license(self, shape_id: str) -> str:
        """The same of all cars."""
        return LICENSE

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids())

    def load(self, shape_id: str) -> Shape:
        """Generate one car, canonical frame, watertight, with materials and labels.

        Raises `MeshError` for an id that this collection does not have.
        """
        index = self._index(shape_id)
        design = draw(np.random.default_rng([self.seed, index]))
        vertices, faces, materials = arrays(build(design))
        return Shape(
            id=shape_id,
            group=shape_id,
            category=CATEGORY,
            source=SOURCE,
            license=LICENSE,
            vertices=canonical(vertices),
            faces=faces,
            materials=materials,
            labels=labels(design, vertices),
            watertight=True,
        )

    def _index(self, shape_id: str) -> int:
        prefix, _, digits = shape_id.rpartition("-")
        if prefix != f"parametric-car__{self.seed}" or not digits.isdecimal() or int(digits) >= self.count:
            raise MeshError(f"no such parametric car: {shape_id} (seed {self.seed}, {self.count} cars)")
        return int(digits)


def canonical(vertices: NDArray[np.float64]) -> NDArray[np.float32]:
    """Vertices (v, 3) with the bounding box centred on the origin and the farthest one at radius 1."""
    centred = vertices - (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    return (centred / np.linalg.norm(centred, axis=1).max()).astype(np.float32)


def labels(design: Design, vertices: NDArray[np.float64]) -> dict[str, str | float | bool]:
    """What is known of a car: its kind and options, measures in metres, angles in degrees."""
    span = np.ptp(vertices, axis=0)
    measured = {"length": span[2], "height": span[1], "width_with_mirrors": span[0]}
    drawn = {
        "width": 2 * lower_body(design).rows[..., 0].max(),
        "wheelbase": design.wheelbase,
        "front_overhang": design.nose - design.axles[0],
        "rear_overhang": design.axles[1] - design.tail,
        "clearance": design.clearance,
        "wheel_radius": design.wheel_radius,
        "tyre_width": design.tyre_width,
        "bonnet_height": design.nose_height,
        "belt_height": design.belt_height,
        "windscreen_angle": design.screen_angle,
        "rear_window_angle": design.backlight_angle,
    }
    numbers = {name: round(float(value), 3) for name, value in (measured | drawn).items()}
    return {"body": design.body, **design.options, **numbers}
