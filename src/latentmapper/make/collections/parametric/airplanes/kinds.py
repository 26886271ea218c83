"""The table of kinds, and how one is chosen and mixed."""

from dataclasses import replace

import numpy as np

from latentmapper.make.collections.parametric.airplanes.kinds_airliners import AIRLINERS
from latentmapper.make.collections.parametric.airplanes.kinds_bombers import BOMBERS
from latentmapper.make.collections.parametric.airplanes.kinds_fighters import FIGHTERS
from latentmapper.make.collections.parametric.airplanes.kinds_light import LIGHT
from latentmapper.make.collections.parametric.airplanes.kinds_turboprops import TURBOPROPS
from latentmapper.make.collections.parametric.airplanes.kinds_unusual import UNUSUAL
from latentmapper.make.collections.parametric.airplanes.kinds_warbirds import WARBIRDS
from latentmapper.make.collections.parametric.airplanes.plan import Plan
from latentmapper.make.collections.parametric.airplanes.ranges import Kind, draw_plan

FAMILIES: tuple[dict[str, Kind], ...] = (AIRLINERS, TURBOPROPS, FIGHTERS, BOMBERS, LIGHT, WARBIRDS, UNUSUAL)
KINDS: dict[str, Kind] = {name: kind for family in FAMILIES for name, kind in family.items()}

MIXED_SHARE = 0.08
"""How many airplanes recombine the wing, tail or body of two kinds of one family."""


def _choose(table: dict[str, Kind], rng: np.random.Generator) -> str:
    """A kind's name, by weight."""
    weights = np.array([kind.weight for kind in table.values()])
    return list(table)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def mixed_plan(rng: np.random.Generator) -> Plan:
    """One plan with the wing, the tail or the body of another of the same family."""
    family = FAMILIES[int(rng.integers(len(FAMILIES)))]
    base = draw_plan("mixed", family[_choose(family, rng)], rng)
    other = draw_plan("mixed", family[_choose(family, rng)], rng)
    swap = str(rng.choice(["wing", "tail", "body"]))
    if swap == "tail" and "booms" not in (base.tail.style, other.tail.style):
        return replace(base, tail=other.tail, stabiliser=other.stabiliser, fin=other.fin, canard=other.canard)
    if swap == "body":
        return replace(base, body=other.body, canopy=other.canopy)
    shape = replace(other.wing, centre=base.wing.centre, flush=base.wing.flush, level=base.wing.level)
    return replace(base, wing=replace(shape, span=0.5 * (base.wing.span + other.wing.span)))


def choose_plan(rng: np.random.Generator) -> Plan:
    """The plan of one airplane of any kind."""
    if rng.random() < MIXED_SHARE:
        return mixed_plan(rng)
    name = _choose(KINDS, rng)
    return draw_plan(name, KINDS[name], rng)
