"""What is fixed to the skin: mirrors, roof rails, spoilers."""

import numpy as np
from manifold3d import Manifold

from latentmapper.make.collections.parametric.cars.body import edge_line, roof_line
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import made_of, union


def trim(design: Design, body: Hull, house: Hull) -> list[Manifold]:
    """Everything fixed to this car's skin."""
    parts = mirrors(design, body)
    if design.options["rails"] == "yes":
        parts += rails(design, house)
    if design.options.get("spoiler") in ("lip", "wing"):
        parts += wing(design)
    if design.options.get("spoiler") == "roof":
        parts.append(roof_spoiler(design, house))
    return parts


def mirrors(design: Design, body: Hull) -> list[Manifold]:
    """A housing on a foot at the front end of each side window."""
    large = design.body in ("suv", "pickup", "van", "minivan")
    width, height, depth = (0.22, 0.18, 0.14) if large else (0.20, 0.13, 0.14)
    z = design.cowl - 0.42 if design.body != "van" else design.cowl - 0.30
    wall = body.wall(np.ones(1))[0]
    side = float(np.interp(-z, -wall[:, 2], wall[:, 0]))
    belt = float(edge_line(design)(np.array(z)))
    y = belt + 0.5 * height + 0.02
    shell = Manifold.sphere(0.5, 16).warp_batch(_squarish)
    left = shell.scale((width, height, depth)).translate((side + 0.5 * width - 0.02, y, z))
    foot = Manifold.cube((0.28, 0.4 * height + 0.07, 0.08)).translate((side - 0.18, belt - 0.05, z - 0.04))
    left = union([made_of(left, "paint"), made_of(foot, "dark")])
    return [left, left.mirror((1, 0, 0))]


def _squarish(points: np.ndarray) -> np.ndarray:
    """A sphere pushed towards a box."""
    return np.sign(points) * 0.5 * np.abs(2 * points) ** 0.7


def rails(design: Design, house: Hull) -> list[Manifold]:
    """Two bars along the roof's edges."""
    header, rear = roof_line(design)
    z = np.linspace(header - 0.15, rear + 0.1, 8)
    ring = house.cap(np.array([0.92]))[0]
    x = 0.93 * np.interp(-z, -ring[:, 2], ring[:, 0])
    y = house.edge(z) + 0.02
    sections = []
    for index in range(len(z) - 1):
        ends = [
            (x[k] + dx, y[k] + dy, z[k])
            for k in (index, index + 1)
            for dx in (-0.02, 0.02)
            for dy in (-0.06, 0.035)
        ]
        sections.append(Manifold.hull_points(np.array(ends)))
    left = made_of(union(sections), "metal")
    return [left, left.mirror((1, 0, 0))]


def wing(design: Design) -> list[Manifold]:
    """A lip on the boot lid, or a wing on two posts."""
    half = 0.40 * design.width
    y, z = design.deck_height + 0.4 * design.deck_crown, design.tail + design.tail_setback + 0.02
    if design.options["spoiler"] == "lip":
        return [_blade(half, y - 0.06, z, 0.16, 0.085)]
    posts = [
        Manifold.cube((0.04, 0.28, 0.10)).translate((side * 0.6 * half - 0.02, y - 0.06, z + 0.02))
        for side in (1, -1)
    ]
    return [_blade(half, y + 0.16, z, 0.22, 0.05)] + [made_of(post, "paint") for post in posts]


def _blade(half: float, y: float, z: float, chord: float, thickness: float) -> Manifold:
    """A slat across the car, thick at its rear edge, its ends drawn forward."""
    points = []
    for x, back in ((0.0, 0.0), (0.7 * half, 0.02), (half, 0.09)):
        for side in (1, -1):
            points += [(side * x, y, z + back), (side * x, y + thickness, z + back)]
            points += [(side * x, y, z + chord), (side * x, y + 0.6 * thickness, z + chord - 0.02)]
    return made_of(Manifold.hull_points(np.array(points)), "paint")


def roof_spoiler(design: Design, house: Hull) -> Manifold:
    """A slat that carries the roof on over the rear window."""
    _, rear = roof_line(design)
    ring = house.wall(np.ones(1))[0]
    half = 0.86 * float(np.interp(-(rear + 0.12), -ring[:, 2], ring[:, 0]))
    y = float(house.edge(np.array(rear))) + 0.5 * design.roof_crown
    points = []
    for x, drop, back in ((0.0, 0.0, 0.0), (0.75 * half, 0.015, 0.02), (half, 0.04, 0.08)):
        for dy, z in (
            (0.0, rear - 0.17 + back),
            (0.035, rear - 0.17 + back),
            (0.0, rear + 0.1),
            (0.09, rear + 0.1),
        ):
            points += [(x, y - drop - dy, z), (-x, y - drop - dy, z)]
    return made_of(Manifold.hull_points(np.array(points)), "paint")
