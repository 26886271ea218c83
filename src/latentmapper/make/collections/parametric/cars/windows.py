"""Window openings: prisms that mark the glass on a greenhouse."""

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.cars.body import edge_line, roof_line
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import prism, union

Array = NDArray[np.float64]

_SILL = 0.025  # Height of the side windows' lower edge over the belt.

# Where the side window's pillars stand, as shares of the way from its front to its rear end.
_PILLARS = {
    "sedan": (0.46, 0.86), "hatchback": (0.50, 0.86), "wagon": (0.36, 0.66), "coupe": (0.70,),
    "convertible": (0.66,), "suv": (0.37, 0.67), "minivan": (0.33, 0.64), "van": (0.28,),
}  # fmt: skip
_CAB_PILLARS = {"regular": (), "extended": (0.72,), "crew": (0.52,)}
_REAR_PILLAR = {"sedan": 0.12, "coupe": 0.16, "van": 0.10}  # Breadth; others 0.14.


def side_windows(design: Design, house: Hull) -> list[Manifold]:
    """Side glass between the pillars, cut through both sides."""
    outline = _side_outline(design, house)
    opening = prism(outline, "x", -design.width, design.width, "dark", radius=0.03)
    return [opening - union(_pillars(design, outline[:, 0].max(), outline[:, 0].min()))]


def side_surround(design: Design, house: Hull) -> list[Manifold]:
    """The dark surround of the side glass, pillars included."""
    outline = _side_outline(design, house)
    return [prism(outline, "x", -design.width, design.width, "dark", radius=0.03, margin=0.015)]


def _side_outline(design: Design, house: Hull) -> Array:
    """(z, y) outline of all side windows of one side."""
    top = design.height - design.roof_crown - design.header_drop - 0.055
    levels = np.linspace(design.cowl_height + 0.02, top, 9)
    ahead = _corner(house, levels, 0.93, front=True) - 0.07
    behind = _corner(house, levels, 0.95, front=False) + _REAR_PILLAR.get(design.body, 0.14)
    upper, sill = np.linspace(ahead[-1], behind[-1], 9), np.linspace(behind[0], ahead[0], 9)
    z = np.concatenate([ahead, upper, behind[::-1], sill])
    y = np.concatenate([levels, house.edge(upper) - 0.085, levels[::-1], np.zeros(9)])
    return np.stack([z, np.maximum(y, edge_line(design)(z) + _SILL)], axis=-1)


def _corner(house: Hull, levels: Array, share: float, front: bool) -> Array:
    """z at which the greenhouse's front or rear corner has `share` of its half-width, at heights y."""
    wall = house.wall(np.linspace(0, 1, 15))
    middle = wall.shape[1] // 2
    rings = wall[:, :middle] if front else wall[:, middle:]
    nearest = np.abs(rings[..., 0] - share * rings[..., 0].max(axis=1, keepdims=True)).argmin(axis=1)
    points = rings[np.arange(len(rings)), nearest]
    return np.interp(levels, points[:, 1], points[:, 2])


def _pillars(design: Design, front: float, rear: float) -> list[Manifold]:
    """Bars across a side window that reaches from z `front` to z `rear`."""
    shares = _CAB_PILLARS[design.options["cab"]] if design.body == "pickup" else _PILLARS[design.body]
    lean = 0.10 * (design.height - design.cowl_height)
    bars = []
    for share in shares:
        foot = front + share * (rear - front)
        # A panel van is closed from its first pillar on.
        back = rear - 1 if design.options.get("windows") == "panel" else foot - 0.035
        corners = [(foot + 0.035, 0), (back, 0), (back - lean, 3), (foot + 0.035 - lean, 3)]
        bars.append(prism(corners, "x", -design.width, design.width, "dark"))
    return bars


def screens(design: Design, house: Hull) -> list[Manifold]:
    """Windscreen, rear window and, where the car has one, sunroof."""
    header, rear = roof_line(design)
    top = design.height - design.roof_crown
    pane = _pane(house, design.cowl_height + 0.02, top - design.header_drop - 0.02, 0.93)
    panes = [prism(pane, "z", header - 0.05, design.cowl + 0.01, "dark", radius=0.04)]
    low = max(design.deck_height + 0.03, design.belt_height + 0.02)
    if top - design.roof_drop - 0.05 > low + 0.08:
        pane = _pane(house, low, top - design.roof_drop - 0.05, 0.88)
        # Not onto a boot lid.
        limit = design.back - 0.01 if design.deck_length > 0.2 else design.tail - 0.1
        panes.append(prism(pane, "z", limit, rear + 0.05, "dark", radius=0.05))
    if design.options["sunroof"] == "yes":
        panes.append(_sunroof(design, header, rear))
    return panes


def _pane(house: Hull, low: float, high: float, share: float) -> Array:
    """(x, y) outline of a window that takes `share` of the greenhouse's width between two heights."""
    base, top = house.wall(np.zeros(1))[0, 0, 1], house.wall(np.ones(1))[0, 0, 1]
    levels = np.linspace(low, high, 7)
    half = share * house.half_width((levels - base) / (top - base))
    return np.concatenate([np.stack([half, levels], -1), np.stack([-half, levels], -1)[::-1]])


def _sunroof(design: Design, header: float, rear: float) -> Manifold:
    half, front = 0.24 * design.width, header - 0.25
    back = max(front - 0.9, rear + 0.2)
    pane = [(-half, back), (half, back), (half, front), (-half, front)]
    return prism(pane, "y", design.height - 0.15, design.height + 0.1, "dark", radius=0.04)
