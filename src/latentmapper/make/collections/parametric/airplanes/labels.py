"""What a plan says about the airplane in words and numbers, to be measured against its mesh."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.airplanes.plan import Plan

PROPELLERS = ("nose", "nacelles", "wing_pushers", "pusher", "push_pull", "pylon")
"""Engine places whose engines turn propellers."""


def wing_position(plan: Plan) -> str:
    """low, mid, high, or parasol where the wing stands clear of body and cabin."""
    level = plan.wing.level
    if level > (2.15 if plan.canopy.style == "cabin" else 1.2):
        return "parasol"
    return "high" if level > 0.5 else "low" if level < -0.35 else "mid"


def engine_count(plan: Plan) -> int:
    """Engines altogether."""
    power = plan.power
    if power.style == "pods":
        return (power.count // 4 * 4 if power.paired else power.count) + int(power.centre)
    return {"none": 0, "nose": 1, "pusher": 1, "pylon": 1, "push_pull": 2}.get(power.style, power.count)


def labels_of(plan: Plan, size: NDArray[np.float64]) -> dict[str, str | float | bool]:
    """Attributes of an airplane: lengths in metres, angles in degrees, ratios over the fuselage's length.

    `size` (3,) is that of the whole airplane in metres: width, height, length, propellers and all.
    """
    wing, metres = plan.wing, plan.length
    biplane = "triplane" if plan.extra.third else "biplane" if plan.extra.gap > 0 else "monoplane"
    return {
        "kind": plan.kind,
        "wing_position": wing_position(plan),
        "wings": biplane,
        "fuselage_length": round(metres, 2),
        "span": round(float(size[0]), 2),
        "height": round(float(size[1]), 2),
        "length": round(float(size[2]), 2),
        "wing_span": round(metres * wing.span, 2),
        "sweep": round(wing.sweep, 1),
        "taper": round(wing.taper, 3),
        "dihedral": round(wing.dihedral, 1),
        "aspect": round(wing.aspect, 2),
        "span_ratio": round(wing.span, 3),
        "body_width": round(plan.body.width, 4),
        "body_height": round(plan.body.width * plan.body.height, 4),
        "tail": plan.tail.style,
        "canard": plan.tail.canard,
        "engines": engine_count(plan),
        "engine_place": plan.power.style,
        "propeller": plan.power.style in PROPELLERS,
        "gear": plan.gear.style,
        "radome": plan.extra.radome > 0,
    }
