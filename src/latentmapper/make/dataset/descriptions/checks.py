"""Whether a mesh bears out what is said of it.

A measure that cannot be taken contradicts nothing. Bounds leave room for what a mesh lacks or adds: they
catch a shape that is called something else than it is, not a design that is unusual.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from latentmapper.make.dataset.descriptions import measures
from latentmapper.make.dataset.descriptions.measures import Points


@dataclass(frozen=True)
class Bound:
    """What an attribute of some value means for a measure."""

    attribute: str
    value: str
    says: str
    """What is expected, to be told where it is not so."""
    measure: Callable[[Points], float | None]
    low: float = float("-inf")
    high: float = float("inf")


AIRPLANES = (
    Bound("tail", "T", "its tailplane on top of the fin", measures.stabiliser_level, low=0.6),
    Bound("tail", "conventional", "its tailplane at the body", measures.stabiliser_level, high=0.6),
    Bound("wings", "biplane", "two wings", measures.wing_levels, low=2),
    Bound("wings", "triplane", "three wings", measures.wing_levels, low=3),
    Bound("wing", "high", "a high wing", measures.wing_level, low=-0.2),
    Bound("wing", "low", "a low wing", measures.wing_level, high=0.2),
    Bound("planform", "swept", "a swept leading edge", measures.sweep, low=12),
    Bound("planform", "delta", "a swept leading edge", measures.sweep, low=30),
)
# Between a boot that is as low as the bonnet and a rear as high as the roof lies much that is either.
CARS = (
    Bound("body", "pickup", "a bed", measures.rear_height, high=0.85),
    Bound("body", "sedan", "a boot", measures.rear_height, high=0.94),
    Bound("body", "convertible", "a boot", measures.rear_height, high=0.94),
    Bound("body", "wagon", "a high rear", measures.rear_height, low=0.7),
    Bound("body", "minivan", "a high rear", measures.rear_height, low=0.7),
    Bound("body", "van", "a high rear", measures.rear_height, low=0.7),
)
BOUNDS = {"airplane": AIRPLANES, "car": CARS}


def contradictions(attributes: Mapping[str, str], points: Points) -> dict[str, str]:
    """The attributes that the mesh does not bear out, each with the reason.

    Parameters
    ----------
    points : (n, 3) on the surface, canonical frame
    """
    found = {}
    for bound in BOUNDS.get(attributes["category"], ()):
        if attributes.get(bound.attribute) == bound.value:
            measured = bound.measure(points)
            if measured is not None and not bound.low <= measured <= bound.high:
                found[bound.attribute] = f"{bound.value} means {bound.says}, measured {measured:.2f}"
    return found
