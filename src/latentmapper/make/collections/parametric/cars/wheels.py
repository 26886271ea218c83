"""Wheels and the arches they stand in."""

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from latentmapper.make.collections.base import MATERIALS
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import prism, solid, union

_SEGMENTS = 32
_KEEL = 0.14  # Half-width of the underbody that even the deepest arch leaves standing.


def outer_face(design: Design, body: Hull, axle: float) -> float:
    """x of the left tyre's outer face at an axle: flush with the widest body there, less the inset."""
    height = np.linspace(0.1, 0.9, 9)
    wall = body.wall(height)
    side = [np.interp(-axle, -ring[:, 2], ring[:, 0]) for ring in wall]
    return float(max(side)) - design.wheel_inset - design.flare


def arches(design: Design, body: Hull, wall: float = 0.0) -> Manifold:
    """What the four wheel arches take away, `wall` metres larger: round above the axle, straight below it."""
    radius = design.wheel_radius + design.arch_gap + wall
    angles = np.linspace(0, np.pi, 25)
    cuts = []
    for axle in design.axles:
        arc = np.stack([axle + radius * np.cos(angles), design.wheel_radius + radius * np.sin(angles)], -1)
        # Below the axle the opening narrows a little, as sills and bumpers close in on the tyre.
        foot = [[axle - 0.97 * radius, -0.1], [axle + 0.97 * radius, -0.1]]
        inner = outer_face(design, body, axle) - design.tyre_width - _well(design) - wall
        for low, high in ((inner, design.width), (-design.width, -inner)):
            cuts.append(prism([*arc, *foot], "x", low, high, "dark"))
    return union(cuts)


def _well(design: Design) -> float:
    """How far an arch reaches inboard of the tyre."""
    return min(design.well_depth, 0.5 * design.width - design.tyre_width - 0.12 - _KEEL)


def wheels(design: Design, body: Hull) -> Manifold:
    """Four wheels, each joined to the body by a hub."""
    wheel = _wheel(design)
    mirrored = wheel.mirror((1, 0, 0))
    placed = []
    for axle in design.axles:
        x = outer_face(design, body, axle)
        placed.append(wheel.translate((x, design.wheel_radius, axle)))
        placed.append(mirrored.translate((-x, design.wheel_radius, axle)))
    return union(placed)


def _profile(design: Design) -> tuple[NDArray[np.float64], list[str]]:
    """Axial position and radius along a wheel's half section, outer face at 0; what each stretch is."""
    r, width, rim = design.wheel_radius, design.tyre_width, design.wheel_radius * design.rim_share
    hub = width + _well(design) + 0.06
    shoulder, dish = 0.14 * r, 0.05 + 0.3 * design.wheel_inset
    points = [
        (-0.015, 0.0), (-0.02, 0.18 * rim), (-dish, 0.24 * rim), (-dish, 0.90 * rim), (-0.008, 0.94 * rim),
        (-0.004, rim), (0.0, r - 1.3 * shoulder), (-0.2 * shoulder, r - 0.5 * shoulder),
        (-0.6 * shoulder, r - 0.1 * shoulder), (-1.1 * shoulder, r), (-width + shoulder, r),
        (-width + 0.3 * shoulder, r - 0.3 * shoulder), (-width, r - shoulder), (-width, 0.45 * r),
        (-width - 0.03, 0.25 * r),
        (-hub, 0.20 * r), (-hub, 0.0),
    ]  # fmt: skip
    kinds = ["metal", "metal", "face", "metal", "metal"] + ["tyre"] * 8 + ["dark"] * 3
    return np.array(points), kinds


def _wheel(design: Design) -> Manifold:
    """One left wheel, its outer face in the plane x = 0, its axle along x."""
    profile, kinds = _profile(design)
    angles = 2 * np.pi * np.arange(_SEGMENTS) / _SEGMENTS
    x = np.broadcast_to(profile[:, :1], (len(profile), _SEGMENTS))
    rings = np.stack([x, profile[:, 1:] * np.cos(angles), profile[:, 1:] * np.sin(angles)], -1)
    index = np.arange(len(profile) * _SEGMENTS).reshape(len(profile), _SEGMENTS)
    # The two ends of the section lie on the axle: one vertex each.
    index[0], index[-1] = index[0, 0], index[-1, 0]
    following = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], index[1:], following[1:], following[:-1]], -1)
    faces = np.concatenate([quads[..., [0, 1, 2]], quads[..., [0, 2, 3]]], axis=1)
    materials = np.concatenate([_materials(design, kinds)] * 2, axis=1).ravel()
    faces, keep = _without_empty(faces.reshape(-1, 3))
    used, faces = np.unique(faces, return_inverse=True)
    return solid(rings.reshape(-1, 3)[used], faces.reshape(-1, 3), materials[keep])


def _materials(design: Design, kinds: list[str]) -> NDArray[np.int64]:
    """Materials (stretch, segment): the rim's face shows spokes of metal over dark gaps."""
    spokes = np.ones(_SEGMENTS, bool)
    if design.options["rims"] != "disc":
        turns = np.arange(_SEGMENTS) * int(design.options["spokes"]) / _SEGMENTS
        spokes = turns % 1 < (0.45 if design.options["rims"] == "spokes" else 0.65)
    face = np.where(spokes, MATERIALS.index("metal"), MATERIALS.index("dark"))
    rows = [face if kind == "face" else np.full(_SEGMENTS, MATERIALS.index(kind)) for kind in kinds]
    return np.stack(rows)


def _without_empty(faces: NDArray[np.integer]) -> tuple[NDArray[np.integer], NDArray[np.bool_]]:
    a, b, c = faces.T
    keep = (a != b) & (b != c) & (c != a)
    return faces[keep], keep
