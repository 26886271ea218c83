"""How ranges of real airplanes are written down, and how a plan is drawn from them."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from latentmapper.make.collections.parametric.airplanes.plan import (
    Body,
    Canopy,
    Extra,
    Gear,
    Plan,
    Power,
    Surface,
    Tail,
)

GROUPS: dict[str, type] = {
    "body": Body,
    "canopy": Canopy,
    "wing": Surface,
    "extra": Extra,
    "tail": Tail,
    "stabiliser": Surface,
    "fin": Surface,
    "canard": Surface,
    "power": Power,
    "gear": Gear,
}

Ranges = dict[str, Any]
"""Per field: (low, high) drawn uniformly (whole numbers where both are), a list of choices, or a value."""


@dataclass(frozen=True)
class Kind:
    """A kind of airplane: how often it appears and the ranges its plans are drawn from."""

    weight: float
    """Relative frequency."""
    length: tuple[float, float]
    """Fuselage length in metres."""
    groups: dict[str, Ranges] = field(default_factory=dict)
    """Ranges for each group of the plan; fields left out keep the plan's defaults."""

    def like(self, weight: float, length: tuple[float, float] | None = None, **groups: Ranges) -> "Kind":
        """A kind that differs in some ranges."""
        merged = {name: self.groups.get(name, {}) | groups.get(name, {}) for name in GROUPS}
        return replace(self, weight=weight, length=length or self.length, groups=merged)


def kind(weight: float, length: tuple[float, float], **groups: Ranges) -> Kind:
    """Write down one kind; `groups` are named like the plan's."""
    return Kind(weight, length, groups)


def draw_value(spec: Any, rng: np.random.Generator) -> Any:
    """One value from a range, a list of choices, or the value itself."""
    if isinstance(spec, list):
        return spec[int(rng.integers(len(spec)))]
    if isinstance(spec, tuple):
        low, high = spec
        if isinstance(low, int) and isinstance(high, int):
            return int(rng.integers(low, high + 1))
        return float(rng.uniform(low, high))
    return spec


def draw_group(name: str, ranges: Ranges, rng: np.random.Generator) -> Any:
    """One group of a plan, such as its `Body`."""
    return GROUPS[name](**{key: draw_value(spec, rng) for key, spec in ranges.items()})


def draw_plan(name: str, source: Kind, rng: np.random.Generator) -> Plan:
    """A plan of the kind `source` called `name`."""
    groups = {group: draw_group(group, source.groups.get(group, {}), rng) for group in GROUPS}
    return Plan(name, float(rng.uniform(*source.length)), **groups)
