"""A biplane's other wings and struts, and what hangs on the airplane: tanks, missiles, a radome."""

from dataclasses import replace

import numpy as np

from latentmapper.make.collections.parametric.airplanes.fuselage import Outline
from latentmapper.make.collections.parametric.airplanes.lofts import Part, body, spindle, tube
from latentmapper.make.collections.parametric.airplanes.plan import Plan
from latentmapper.make.collections.parametric.airplanes.surfaces import Half, half_surface, root_of


def second_wings(plan: Plan, wing: Half) -> list[Part]:
    """The lower (and middle) wing of a biplane or triplane with the struts between."""
    extra = plan.extra
    if extra.gap <= 0:
        return []
    parts = []
    for share in (1.0, 0.5) if extra.third else (1.0,):
        scale = 1 + (extra.lower - 1) * share
        spec = replace(plan.wing, span=plan.wing.span * scale, aspect=plan.wing.aspect * scale)
        root = root_of(spec, wing.points[0][1] - share * extra.gap)
        root[2] -= share * extra.stagger
        half = half_surface(spec, root, 0.0, 2, plan.thin)
        parts.append(half.whole(spec.camber))
        if share == 1.0:
            parts += _interplane(plan, wing, half)
    return parts


def _interplane(plan: Plan, upper: Half, lower: Half) -> list[Part]:
    """Struts between two wings, out on the wing and beside the body."""
    left = []
    for share in (0.12, 0.7):
        for along in (0.2, 0.7):
            top, top_chord = upper.at(share)
            bottom, bottom_chord = lower.at(min(share / plan.extra.lower, 0.95))
            top, bottom = top - (0, 0, along * top_chord), bottom - (0, 0, along * bottom_chord)
            left.append(tube(top, bottom, 0.7 * plan.thin))
    return left + [p.mirrored() for p in left]


def wing_struts(plan: Plan, wing: Half, outline: Outline) -> list[Part]:
    """Bracing struts from the foot of the body to the wing, and short ones below a wing clear above it."""
    left: list[Part] = []
    if plan.extra.struts:
        edge, chord = wing.at(0.5)
        s = -edge[2] + 0.4 * chord
        low = (0.5 * outline.side(s), outline.level(s, -0.6), -s)
        left.append(tube(low, edge - (0, 0, 0.4 * chord), 0.8 * plan.thin))
    if plan.wing.level > 0.95:
        root, chord = wing.at(0.03)
        for along in (0.2, 0.7):
            s = -root[2] + along * chord
            foot = (0.5 * outline.side(s), outline.level(s, 0.2), -s)
            left.append(tube(foot, root - (0, 0, along * chord), 0.8 * plan.thin))
    return left + [p.mirrored() for p in left]


def stores(plan: Plan, wing: Half) -> list[Part]:
    """Tanks and missiles of the left wing, and their mirror images."""
    extra = plan.extra
    left: list[Part] = []
    if extra.tip_tanks > 0:
        edge, chord = wing.at(1.0)
        start = -edge[2] + 0.45 * chord - 0.55 * extra.tip_tanks
        left.append(
            spindle(start, start + extra.tip_tanks, max(0.11 * extra.tip_tanks, plan.thin), *edge[:2])
        )
    if extra.rails:
        left.append(_hung(plan, wing, 0.99, 0.16, 0.7 * plan.thin, 0.0))
    for i in range(extra.tanks // 2):
        left.append(_hung(plan, wing, 0.42 + 0.2 * i, 0.26, 0.02, 0.026))
        left.append(_stalk(plan, wing, 0.42 + 0.2 * i, 0.026))
    for i in range(extra.missiles // 2):
        left.append(_hung(plan, wing, 0.6 + 0.17 * i, 0.16, 0.8 * plan.thin, 0.018))
        left.append(_stalk(plan, wing, 0.6 + 0.17 * i, 0.018))
    return left + [p.mirrored() for p in left]


def _hung(plan: Plan, wing: Half, share: float, length: float, radius: float, drop: float) -> Part:
    """A store below the wing."""
    edge, chord = wing.at(share)
    start = -edge[2] + 0.4 * chord - 0.5 * length
    return spindle(start, start + length, radius, edge[0], edge[1] - drop, fullness=0.4)


def _stalk(plan: Plan, wing: Half, share: float, drop: float) -> Part:
    """The pylon of a store."""
    edge, chord = wing.at(share)
    s = -edge[2] + chord * np.linspace(0.2, 0.7, 5)
    half = np.full(5, 0.6 * plan.thin)
    return body(s, half, np.full(5, 0.6 * drop), edge[1] - 0.5 * drop, 6.0, x=edge[0], count=12)


def back_parts(plan: Plan, outline: Outline) -> list[Part]:
    """The rotating dish of an early-warning airplane, and a probe before the nose."""
    extra = plan.extra
    parts = []
    if extra.radome > 0:
        s = plan.wing.centre + 0.12
        y = outline.top(s) + 0.75 * plan.body.width
        u = 0.5 - 0.5 * np.cos(np.linspace(0.02, 0.98, 20) * np.pi)
        round_ = extra.radome / 2 * np.sqrt(1 - (2 * u - 1) ** 2)
        flat = np.maximum(0.1 * round_ + 0.02 * extra.radome, 0.8 * plan.thin)
        parts.append(body(s + extra.radome * (u - 0.5), round_, flat, y, 2.0, count=32))
        foot = outline.level(s, 0.5)
        for shift in (-0.02, 0.02):
            parts.append(tube((0, foot, -s + shift), (0, y, -s + shift), 1.2 * plan.thin))
    if extra.probe > 0:
        tip = float(outline.middle(np.array([0.0]))[0])
        parts.append(tube((0, tip, -0.06), (0, tip, extra.probe), 0.7 * plan.thin))
    return parts
