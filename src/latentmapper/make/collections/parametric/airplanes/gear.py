"""Landing gear: wheels, struts, spats, floats."""

from latentmapper.make.collections.parametric.airplanes.fuselage import Outline
from latentmapper.make.collections.parametric.airplanes.lofts import Part, disc, spindle, tube
from latentmapper.make.collections.parametric.airplanes.plan import Plan
from latentmapper.make.collections.parametric.airplanes.surfaces import Half


def wheel(centre: tuple[float, float, float], radius: float, thin: float) -> Part:
    """One tyre."""
    return disc(centre, radius, max(0.6 * radius, 1.2 * thin), 0, "tyre", 20)


def _hold(plan: Plan, outline: Outline, wing: Half, x: float, s: float) -> tuple[float, float]:
    """Where (x, y) the strut of a wheel at x and s ends: in the wing over it, or in the body."""
    share = 2 * x / plan.wing.span
    edge, chord = wing.at(max(share, 0.0))
    below_wing = -edge[2] + 0.05 * chord < s < -edge[2] + 0.85 * chord
    if x > 0.9 * outline.side(s) and below_wing and edge[1] < outline.level(s, 0.3):
        return x, edge[1]
    return min(x, 0.5 * outline.side(s)), outline.level(s, -0.4)


def _main_legs(plan: Plan, outline: Outline, wing: Half, ground: float) -> list[Part]:
    """The left main wheel or wheels and the strut."""
    gear, thin = plan.gear, plan.thin
    x, y = gear.track, ground + gear.wheel
    top_x, top_y = _hold(plan, outline, wing, x, gear.main)
    strut = tube((x, y, -gear.main), (top_x, top_y, -gear.main), 0.75 * thin)
    if gear.style == "bogies":
        gap = 1.1 * gear.wheel
        return (
            [strut]
            + [wheel((x, y, -gear.main + k), gear.wheel, 2.5 * thin) for k in (-gap, gap)]
            + [tube((x, y, -gear.main - gap), (x, y, -gear.main + gap), 0.7 * thin)]
        )
    parts = [strut, wheel((x, y, -gear.main), gear.wheel, thin)]
    if gear.style == "spats":
        reach = 2.0 * gear.wheel
        spat = spindle(gear.main - reach, gear.main + 1.3 * reach, 1.1 * gear.wheel, x, y + 0.25 * gear.wheel)
        parts.append(spat)
    return parts


def _third_leg(plan: Plan, outline: Outline, ground: float) -> list[Part]:
    """The nose or tail wheel."""
    gear, thin = plan.gear, plan.thin
    behind = gear.nose > gear.main
    radius = max(gear.wheel * (0.5 if behind else 0.85), thin)
    y = outline.bottom(gear.nose) - 0.6 * radius if behind else ground + radius
    top = (0.0, outline.level(gear.nose, -0.3), -gear.nose)
    return [
        tube((0.0, y, -gear.nose), top, 0.75 * thin),
        wheel((0.0, y, -gear.nose), radius, thin),
    ]


def _floats(plan: Plan, outline: Outline, ground: float) -> list[Part]:
    """The left of two floats with its struts."""
    gear = plan.gear
    radius = max(1.5 * gear.wheel, 2.5 * plan.thin)
    start, end = gear.main - 0.42, gear.main + 0.38
    parts = [spindle(start, end, radius, gear.track, ground, fullness=0.4, slender=0.35)]
    for s in (gear.main - 0.15, gear.main + 0.14):
        top = (0.4 * outline.side(s), outline.level(s, -0.3), -s)
        parts.append(tube((gear.track, ground, -s), top, 0.75 * plan.thin))
    return parts


def _wing_floats(plan: Plan, wing: Half) -> list[Part]:
    """The left stabilising float of a flying boat."""
    edge, chord = wing.at(0.72)
    s = -edge[2] + 0.35 * chord
    y = edge[1] - 0.8 * plan.gear.height
    float_ = spindle(s - 0.08, s + 0.1, max(0.018, 2 * plan.thin), edge[0], y)
    return [float_, tube((edge[0], y, -s), (edge[0], edge[1], -s), 0.9 * plan.thin)]


def gear_parts(plan: Plan, outline: Outline, wing: Half) -> list[Part]:
    """All of the landing gear that is out."""
    style = plan.gear.style
    if style == "up":
        return []
    ground = outline.bottom(plan.gear.main) - plan.gear.height
    if style == "hull":
        left, middle = _wing_floats(plan, wing), []
    elif style == "floats":
        left, middle = _floats(plan, outline, ground), []
    else:
        left, middle = _main_legs(plan, outline, wing, ground), _third_leg(plan, outline, ground)
    return middle + left + [p.mirrored() for p in left]
