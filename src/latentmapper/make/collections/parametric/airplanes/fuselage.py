"""The fuselage: its outline along the length, and the parts that make it up."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.airplanes.lofts import Part, body
from latentmapper.make.collections.parametric.airplanes.plan import Body, Canopy, Plan

Array = NDArray[np.float64]


class Outline:
    """Half width, half height and middle height of a fuselage at any s."""

    def __init__(self, plan: Body) -> None:
        self.plan = plan

    def shares(self, s: Array) -> tuple[Array, Array]:
        """How full nose and tail are at s: 0 at their tips, 1 along the middle."""
        plan = self.plan
        u = np.clip(s / plan.nose, 0, 1)
        nose = np.clip(1 - (1 - u) ** 2, 0, 1) ** plan.bluntness
        v = np.clip((1 - s) / plan.tail, 0, 1)
        tail = np.clip(1 - (1 - v) ** 1.7, 0, 1) ** plan.slimming
        return nose, tail

    def half_width(self, s: Array) -> Array:
        """(n,)"""
        nose, tail = self.shares(s)
        plan = self.plan
        width = (plan.nose_width + (1 - plan.nose_width) * nose) * (
            plan.tail_width + (1 - plan.tail_width) * tail
        )
        return 0.5 * plan.width * width

    def half_height(self, s: Array) -> Array:
        """(n,)"""
        nose, tail = self.shares(s)
        plan = self.plan
        blunt = 0.85 * plan.nose_width
        height = (blunt + (1 - blunt) * nose) * (plan.tail_height + (1 - plan.tail_height) * tail)
        return 0.5 * plan.width * plan.height * height

    def middle(self, s: Array) -> Array:
        """(n,)"""
        plan = self.plan
        u = np.clip(1 - s / plan.nose, 0, 1)
        v = np.clip(1 - (1 - s) / plan.tail, 0, 1)
        # The tail rises with the same exponent as it thins, so that a straight back stays straight.
        _, tail = self.shares(s)
        rise = np.where(v > 0, 1 - tail, 0.0)
        return plan.width * plan.height * (plan.droop * u**2 + plan.upsweep * rise)

    def top(self, s: float) -> float:
        """Height of the back at one s."""
        at = np.array([s])
        return float((self.middle(at) + self.half_height(at))[0])

    def bottom(self, s: float) -> float:
        """Height of the belly at one s."""
        at = np.array([s])
        return float((self.middle(at) - self.half_height(at))[0])

    def side(self, s: float) -> float:
        """Half width at one s."""
        return float(self.half_width(np.array([s]))[0])

    def level(self, s: float, level: float) -> float:
        """Height at `level`: -1 the belly, 0 the middle, 1 the back."""
        return 0.5 * ((1 + level) * self.top(s) + (1 - level) * self.bottom(s))


def stations(plan: Body) -> Array:
    """Where sections are: close together at nose and tail."""
    nose = plan.nose * (1 - np.cos(np.linspace(0.05, 0.5, 14) * np.pi))
    tail = 1 - plan.tail * np.linspace(1, 0, 14) ** 1.3
    middle = np.linspace(plan.nose, 1 - plan.tail, 6)[1:-1] if plan.nose < 1 - plan.tail else []
    return np.unique(np.concatenate([nose[nose < 1 - plan.tail], middle, tail, [1.0]]))


def hull(plan: Body, outline: Outline) -> Part:
    """The fuselage itself, its ends closed by small caps."""
    s = stations(plan)
    width, height = outline.half_width(s), outline.half_height(s)
    # Round both ends instead of cutting them off.
    s = np.concatenate([s[:1] - 0.2 * min(width[0], height[0]), s, [1 + 0.4 * min(width[-1], height[-1])]])
    ends = np.array([0, *range(len(s) - 2), len(s) - 3])
    shrink = np.ones(len(s))
    shrink[[0, -1]] = 0.6
    width, height, middle = width[ends] * shrink, height[ends] * shrink, outline.middle(np.clip(s, 0, 1))
    return body(s, width, height, middle, plan.roundness, count=32)


def blister(
    outline: Outline, start: float, end: float, height: float, width: float, front: float, back: float
) -> Part:
    """A swelling on the back: canopy, cabin roof, hump; `height` absolute, `width` over the body's."""
    u = 0.5 - 0.5 * np.cos(np.linspace(0.0, 1.0, 17) * np.pi)
    s = start + (end - start) * u
    rise = np.clip(u / front, 0, 1)
    fall = np.clip((1 - u) / back, 0, 1)
    shape = (1 - (1 - rise) ** 1.7) * (1 - (1 - fall) ** 1.7)
    middle = outline.middle(s)
    deep = outline.half_height(s)
    # From inside the body up to the back and, by `height`, over it.
    top = middle + 0.86 * deep + (height + 0.14 * deep) * shape
    bottom = middle - 0.2 * deep
    across = width * outline.half_width(s) * (0.55 + 0.45 * np.sqrt(shape))
    return body(s, across, 0.5 * (top - bottom), 0.5 * (top + bottom), 2.4, count=24)


def glazed(part: Part, low: float, high: float, front: float, rear: float) -> Part:
    """Make what looks sideways or forward between two heights and two s glass."""
    # The farthest corner decides, which is the same one for both triangles of a quad: straight edges.
    corners = part.vertices[part.faces]
    height, s = corners[:, :, 1].max(axis=1), -corners[:, :, 2].min(axis=1)
    return part.painted("glass", (height > low) & (height < high) & (s > front) & (s < rear))


def fuselage_parts(plan: Plan, outline: Outline) -> list[Part]:
    """Hull, hump, belly fairing and canopy."""
    spec = plan.body
    hull_part = hull(spec, outline)
    tall = spec.width * spec.height
    if plan.canopy.style == "cockpit":
        low, high = outline.level(0.5 * spec.nose, 0.35), outline.level(0.75 * spec.nose, 0.85)
        hull_part = glazed(hull_part, low, high, 0.3 * spec.nose, 0.8 * spec.nose)
    parts = [hull_part]
    if spec.hump > 0:
        length = spec.hump_end - spec.hump_start
        front = min(0.5, 0.8 * spec.nose / length)
        parts.append(blister(outline, spec.hump_start, spec.hump_end, spec.hump * tall, 0.8, front, 0.35))
    if spec.belly > 0:
        parts.append(_belly(plan, outline, tall))
    parts += _canopy(plan.canopy, outline, tall)
    return parts


def _belly(plan: Plan, outline: Outline, tall: float) -> Part:
    """A fairing below and beside the body around the wing's root."""
    u = 0.5 - 0.5 * np.cos(np.linspace(0.03, 0.97, 12) * np.pi)
    chord = 1.6 * plan.wing.span / plan.wing.aspect
    s = plan.wing.centre + chord * (u - 0.45)
    shape = np.sqrt(np.clip(4 * u * (1 - u), 0, 1))
    centre = outline.middle(s) - 0.3 * tall
    half_height = (0.2 + plan.body.belly) * tall * shape
    return body(s, 0.52 * plan.body.width * (0.6 + 0.5 * shape), half_height, centre, 2.6, count=20)


def _canopy(plan: Canopy, outline: Outline, tall: float) -> list[Part]:
    """The bubble or cabin on the back."""
    if plan.style not in ("bubble", "cabin", "open"):
        return []
    end = min(plan.end, 0.985)
    part = blister(outline, plan.start, end, plan.height * tall, plan.width, plan.front, plan.back)
    length = end - plan.start
    if plan.style == "bubble":
        return [part.made_of("glass")]
    if plan.style == "cabin":
        peak = outline.top(plan.start + plan.front * length)
        high = peak + 0.8 * plan.height * tall
        rear = plan.start + (1 - 0.55 * plan.back) * length
        return [glazed(part, peak, high, plan.start, rear)]
    return [glazed(part, -1.0, 1.0, plan.start, plan.start + 0.25 * length)]
