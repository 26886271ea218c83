"""Open spaces: a pickup's bed, a convertible's cockpit."""

import numpy as np
from manifold3d import Manifold

from latentmapper.make.collections.parametric.cars.body import roof_line
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import made_of, prism, solid, union
from latentmapper.make.collections.parametric.cars.wheels import arches

_FRAME = 0.045  # Thickness of a windscreen that stands alone.
_HOUSING = 0.06  # Thickness left around the wheel arches.


def bed(design: Design, body: Hull) -> Manifold:
    """What a pickup's bed takes away: a box open at the top, less the housings of the rear wheels."""
    d = design
    half = _edge_half_width(d) - 0.08
    low, high = d.tail + d.tail_setback + d.bumper_step + 0.08, d.back - 0.06
    box = _pit(half, low, high, d.belt_height - 0.48, d.height + 0.2, radius=0.06)
    return box - arches(d, body, wall=_HOUSING)


def cockpit(design: Design, body: Hull, house: Hull) -> Manifold:
    """An open body: a cavity with seats, less the housings of the wheels, and a windscreen before it."""
    d = design
    half = _edge_half_width(d) - d.shoulder_ledge - 0.09
    front, rear = d.cowl - 0.12, d.back + 0.12
    cavity = _pit(half, rear, front, d.cowl_height - 0.40, d.height + 0.5, radius=0.14)
    cavity = cavity - arches(d, body, wall=_HOUSING)
    tub = solid(*body.mesh(), "paint") - cavity
    return union([tub, _windscreen(d, house), *_seats(d, half, front, rear)])


def _edge_half_width(d: Design) -> float:
    """Half-width of the lower body at its upper edge."""
    return d.width / 2 - 0.6 * d.flare - d.shoulder_tuck


def _pit(half: float, rear: float, front: float, floor: float, top: float, radius: float) -> Manifold:
    outline = [(-half, rear), (half, rear), (half, front), (-half, front)]
    return prism(outline, "y", floor, top, "dark", radius=radius)


def _windscreen(d: Design, house: Hull) -> Manifold:
    """The front of the greenhouse as a pane of its own."""
    header, _ = roof_line(d)
    shell = solid(*house.mesh(), "glass") - solid(*house.mesh(_FRAME), "glass")
    ahead = [(d.cowl + 0.5, 0.0), (d.cowl + 0.5, 3.0), (header - 0.02, 3.0), (header - 0.02, 1.0)]
    ahead.append((d.cowl - 0.30, d.cowl_height - 0.2))
    return shell ^ prism(ahead, "x", -2, 2, "glass")


def _seats(d: Design, half: float, front: float, rear: float) -> list[Manifold]:
    """Backrests with headrests, one row or two as the cockpit is long."""
    rows = (0.55,) if front - rear < 1.6 else (0.45, 0.86)
    back, head = _rounded((0.46, 0.62, 0.18), 0.06), _rounded((0.26, 0.17, 0.12), 0.04)
    seats = []
    for row in rows:
        z = front - row * (front - rear)
        for x in (0.5 * half, -0.5 * half):
            seats.append(back.translate((x, d.cowl_height - 0.14, z)))
            seats.append(head.translate((x, d.cowl_height + 0.22, z - 0.03)))
    return [made_of(seat, "dark") for seat in seats]


def _rounded(size: tuple[float, float, float], radius: float) -> Manifold:
    """A box with rounded corners, centred on the origin."""
    inner = np.array(size) / 2 - radius
    ball = Manifold.sphere(radius, 8)
    signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
    return Manifold.batch_hull([ball.translate(tuple(sign * inner)) for sign in signs])
