"""Open spaces: a pickup's bed, a convertible's cockpit."""

import numpy as np
from manifold3d import Manifold

from latentmapper.make.collections.parametric.cars.body import roof_line
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import made_of, prism, solid, union
from latentmapper.make.collections.parametric.cars.wheels import arches

_FRAME = 0.045  # Thickness of a windscreen that stands alone.


def bed(design: Design, body: Hull) -> Manifold:
    """What a pickup's bed takes away: a box open at the top, less the housings of the rear wheels."""
    half = design.width / 2 - 0.13
    low, high = design.tail + design.tail_setback + 0.10, design.back - 0.06
    outline = [(-half, low), (half, low), (half, high), (-half, high)]
    box = prism(outline, "y", design.belt_height - 0.48, design.height + 0.2, "dark", radius=0.06)
    return box - arches(design, body, wall=0.06)


def cockpit(design: Design, body: Manifold, hull: Hull, house: Hull) -> Manifold:
    """An open body: a cavity with two rows of seats, a windscreen in front of it."""
    half = design.width / 2 - 0.6 * design.flare - design.shoulder_tuck - design.shoulder_ledge - 0.09
    header, _ = roof_line(design)
    front, rear = design.cowl - 0.12, design.back + 0.12
    outline = [(-half, rear), (half, rear), (half, front), (-half, front)]
    cavity = prism(outline, "y", design.cowl_height - 0.40, design.height + 0.5, "dark", radius=0.14)
    screen = solid(*house.mesh(), "paint") - solid(*house.mesh(_FRAME), "glass")
    slope = [(design.cowl + 0.5, 0), (design.cowl + 0.5, 3), (header - 0.02, 3), (header - 0.02, 1.0)]
    lower = [(design.cowl - 0.30, design.cowl_height - 0.2)]
    screen = screen ^ prism([*slope, *lower], "x", -2, 2, "paint")
    glass = made_of(screen, "glass")
    cavity = cavity - arches(design, hull, wall=0.06)
    return union([body - cavity, glass, *_seats(design, half, front, rear)])


def _seats(design: Design, half: float, front: float, rear: float) -> list[Manifold]:
    """Backrests with headrests, one row or two as the cockpit is long."""
    length = front - rear
    rows = (0.55,) if length < 1.6 else (0.45, 0.86)
    seats = []
    for row in rows:
        z = front - row * length
        for side in (1, -1):
            back = _rounded((0.46, 0.62, 0.18), 0.06).translate(
                (side * 0.5 * half, design.cowl_height - 0.14, z)
            )
            head = _rounded((0.26, 0.17, 0.12), 0.04).translate(
                (side * 0.5 * half, design.cowl_height + 0.22, z - 0.03)
            )
            seats += [made_of(back, "dark"), made_of(head, "dark")]
    return seats


def _rounded(size: tuple[float, float, float], radius: float) -> Manifold:
    """A box with rounded corners, centred on the origin."""
    inner = np.array(size) / 2 - radius
    ball = Manifold.sphere(radius, 8)
    signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
    return Manifold.batch_hull([ball.translate(tuple(sign * inner)) for sign in signs])
