"""Windows, lamps, grille and cladding: regions sunk a few millimetres into the skin.

Each region is a prism; what it cuts off the skin, down to a copy of the hull that is `DEPTH` smaller, is
taken away, so the region's outline is crisp and its floor, a piece of the smaller hull, carries its material.
"""

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.cars.body import edge_line, roof_line
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import prism, union

Array = NDArray[np.float64]
DEPTH = 0.009

# Where the side window's pillars stand, as shares of the belt's length from the front, by body type.
_PILLARS = {
    "sedan": (0.46, 0.86), "hatchback": (0.50, 0.86), "wagon": (0.36, 0.66), "coupe": (0.70,),
    "convertible": (0.66,), "suv": (0.37, 0.67), "minivan": (0.33, 0.64), "van": (0.28,), "pickup": (0.52,),
}  # fmt: skip


def _rim(hull: Hull, share: float, heights: Array, ahead: bool) -> Array:
    """(z, y) along the hull's front or rear corner, where a ring has `share` of its half-width."""
    wall = hull.wall(heights)
    half = slice(0, wall.shape[1] // 2) if ahead else slice(wall.shape[1] // 2, None)
    points = []
    for ring in wall[:, half]:
        nearest = np.argmin(np.abs(ring[:, 0] - share * ring[:, 0].max()))
        points.append(ring[nearest, [2, 1]])
    return np.array(points)


def _side_openings(design: Design, house: Hull, margin: float = 0.0) -> tuple[Manifold, Manifold]:
    """The whole opening of the side windows, `margin` metres larger all around, and the pillars across it."""
    heights = np.linspace(0.0, 1.0, 15)
    front, rear = _rim(house, 0.93, heights, True), _rim(house, 0.95, heights, False)
    belt, top = edge_line(design), design.height - design.roof_crown - design.header_drop - 0.055
    levels = np.linspace(design.cowl_height + 0.02, top, 9)
    ahead = np.interp(levels, front[:, 1], front[:, 0]) - 0.07
    behind = np.interp(levels, rear[:, 1], rear[:, 0]) + _pillar_width(design)
    upper = np.linspace(ahead[-1], behind[-1], 9)
    roof = house.edge(upper) - 0.085
    sill = np.linspace(behind[0], ahead[0], 9)
    outline = np.concatenate(
        [np.stack([ahead, levels], -1), np.stack([upper, roof], -1), np.stack([behind, levels], -1)[::-1],
         np.stack([sill, belt(sill) + 0.025], -1)]
    )  # fmt: skip
    whole = prism(_above(outline, belt), "x", -design.width, design.width, "dark", radius=0.03, margin=margin)
    return whole, union(_pillars(design, ahead[0], behind[0]))


def side_windows(design: Design, house: Hull) -> list[Manifold]:
    """Side glass between the pillars, cut through both sides."""
    opening, pillars = _side_openings(design, house)
    return [opening - pillars]


def side_surround(design: Design, house: Hull) -> list[Manifold]:
    """The dark surround of the side glass, pillars included."""
    return [_side_openings(design, house, margin=0.015)[0]]


def _above(outline: Array, belt) -> Array:
    """The outline with nothing below the belt."""
    return np.stack([outline[:, 0], np.maximum(outline[:, 1], belt(outline[:, 0]) + 0.025)], -1)


def _pillar_width(design: Design) -> float:
    """Breadth of the rearmost pillar."""
    return {"sedan": 0.12, "coupe": 0.16, "van": 0.10}.get(design.body, 0.14)


def _pillars(design: Design, front: float, rear: float) -> list[Manifold]:
    shares = _PILLARS[design.body]
    if design.body == "pickup" and design.options["cab"] == "regular":
        shares = (1.5,)
    bars = []
    for share in shares:
        foot = front + share * (rear - front)
        lean = 0.10 * (design.height - design.cowl_height)
        corners = [(foot + 0.035, 0), (foot - 0.035, 0), (foot - 0.035 - lean, 3), (foot + 0.035 - lean, 3)]
        bars.append(prism(corners, "x", -design.width, design.width, "dark"))
    if design.body == "van" and design.options["windows"] == "panel":
        foot = front + shares[0] * (rear - front)
        bars.append(prism([(foot, 0), (foot, 3), (rear - 1, 3), (rear - 1, 0)], "x", -3, 3, "dark"))
    return bars


def screens(design: Design, house: Hull) -> list[Manifold]:
    """Windscreen and rear window."""
    header, rear = roof_line(design)
    top = design.height - design.roof_crown - design.header_drop
    front_pane = _pane(house, design.cowl_height + 0.02, top - 0.02, 0.93)
    back_top = design.height - design.roof_crown - design.roof_drop
    foot = max(design.deck_height + 0.03, design.belt_height + 0.02)
    panes = [prism(front_pane, "z", header - 0.05, design.cowl + 0.01, "dark", radius=0.04)]
    if back_top - 0.05 > foot + 0.08:
        back_pane = _pane(house, foot, back_top - 0.05, 0.88)
        panes.append(prism(back_pane, "z", _rear_limit(design), rear + 0.05, "dark", radius=0.05))
    if design.options["sunroof"] == "yes":
        panes.append(_sunroof(design, header, rear))
    return panes


def _rear_limit(design: Design) -> float:
    """z up to which the rear window may reach: not onto a boot lid."""
    return design.back - 0.01 if design.deck_length > 0.2 else design.tail - 0.1


def _sunroof(design: Design, header: float, rear: float) -> Manifold:
    half, front = 0.24 * design.width, header - 0.25
    back = max(front - 0.9, rear + 0.2)
    pane = [(-half, back), (half, back), (half, front), (-half, front)]
    return prism(pane, "y", design.height - 0.15, design.height + 0.1, "dark", radius=0.04)


def _pane(house: Hull, low: float, high: float, share: float) -> Array:
    """(x, y) outline of a window that takes `share` of the greenhouse's width between two heights."""
    base, top = house.wall(np.zeros(1))[0, 0, 1], house.wall(np.ones(1))[0, 0, 1]
    levels = np.linspace(low, high, 7)
    half = share * house.half_width((levels - base) / (top - base))
    return np.concatenate([np.stack([half, levels], -1), np.stack([-half, levels], -1)[::-1]])


def lamps(design: Design) -> list[Manifold]:
    """Head and tail lamps, wrapping around the corners."""
    d = design
    half, top = d.width / 2, d.nose_height
    outer, inner = half + 0.1, half * 0.52
    head = [(outer, top - 0.02), (inner, top - 0.07), (inner * 1.05, top - 0.16), (outer, top - 0.19)]
    reach = d.nose - 0.45
    tail_top = d.deck_height - 0.05
    tail = [
        (outer, tail_top),
        (half * 0.62, tail_top),
        (half * 0.66, tail_top - 0.17),
        (outer, tail_top - 0.19),
    ]
    lights = []
    for polygon, low, high in ((head, reach, d.nose + 0.1), (tail, d.tail - 0.1, d.tail + 0.3)):
        for side in (1, -1):
            lights.append(prism(np.array(polygon) * [side, 1], "z", low, high, "dark", radius=0.02))
    return lights


def dark_parts(design: Design) -> list[Manifold]:
    """Grille, lower intake, and cladding along the sills where the car has it."""
    d = design
    half, top = d.width / 2, d.nose_height
    grille = [
        (0.45 * half, top - 0.06),
        (0.40 * half, top - 0.20),
        (-0.40 * half, top - 0.20),
        (-0.45 * half, top - 0.06),
    ]
    chin = d.clearance + d.approach_lift
    intake = [
        (0.6 * half, chin + 0.16),
        (0.55 * half, chin + 0.06),
        (-0.55 * half, chin + 0.06),
        (-0.6 * half, chin + 0.16),
    ]
    parts = [
        prism(grille, "z", d.nose - 0.4, d.nose + 0.1, "dark", radius=0.02),
        prism(intake, "z", d.nose - 0.4, d.nose + 0.1, "dark", radius=0.02),
    ]
    if d.options["cladding"] == "yes":
        band = [
            (d.tail - 0.1, 0.0),
            (d.nose + 0.1, 0.0),
            (d.nose + 0.1, chin + 0.1),
            (d.tail - 0.1, chin + 0.12),
        ]
        parts.append(prism(band, "x", -d.width, d.width, "dark"))
    if d.options["bumpers"] == "dark":
        parts += _bumpers(d)
    return parts


def metal_parts(design: Design) -> list[Manifold]:
    """Number plates, and bumpers where they are of metal."""
    d = design
    low = d.clearance + d.departure_lift + 0.28
    plate = [(-0.26, low), (0.26, low), (0.26, low + 0.12), (-0.26, low + 0.12)]
    parts = [prism(plate, "z", d.tail - 0.1, d.tail + 0.3, "dark")]
    return parts + (_bumpers(d) if d.options["bumpers"] == "metal" else [])


def _bumpers(d: Design) -> list[Manifold]:
    """Bands around the nose and the tail."""
    bands = []
    for end, lift in ((d.nose, d.approach_lift), (-d.nose, d.departure_lift)):
        low = d.clearance + lift + 0.12
        section = [(end - 0.4, low), (end + 0.4, low), (end + 0.4, low + 0.17), (end - 0.4, low + 0.17)]
        bands.append(prism(section, "x", -d.width, d.width, "dark"))
    return bands
