"""Lamps, grille, bumpers, plates and cladding: prisms that mark materials on a lower body."""

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.solids import prism


def lamps(design: Design) -> list[Manifold]:
    """Head and tail lamps, wrapping around the corners."""
    d, outer = design, 0.5 * design.width + 0.1
    inner, height = (0.5 - d.lamp_width) * d.width, d.lamp_height
    top = d.nose_height - 0.02
    head = [
        (outer, top),
        (inner, top - 0.3 * height),
        (inner + 0.02, top - 0.9 * height),
        (outer, top - height),
    ]
    top, inner = d.deck_height - 0.05, inner + 0.06 * d.width
    tail = [(outer, top), (inner, top), (inner + 0.03, top - 0.95 * height), (outer, top - 1.1 * height)]
    lights = []
    for polygon, low, high in ((head, d.nose - 0.45, d.nose + 0.1), (tail, d.tail - 0.1, d.tail + 0.3)):
        for side in (1, -1):
            lights.append(prism(np.array(polygon) * [side, 1], "z", low, high, "dark", radius=0.02))
    return lights


def dark_parts(design: Design) -> list[Manifold]:
    """Grille, lower intake, and cladding along the sills and dark bumpers where the car has them."""
    d = design
    chin = d.clearance + d.approach_lift
    parts = [
        _at_nose(d, _trapezoid(d.grille_width * d.width, d.nose_height - 0.06, d.grille_height, 0.9)),
        _at_nose(d, _trapezoid(0.3 * d.width, chin + 0.16, 0.10, 0.9)),
    ]
    if d.options["cladding"] == "yes":
        low, high = d.tail - 0.1, d.nose + 0.1
        band = [(low, 0.0), (high, 0.0), (high, chin + 0.10), (low, chin + 0.12)]
        parts.append(prism(band, "x", -d.width, d.width, "dark"))
    return parts + (_bumpers(d) if d.options["bumpers"] == "dark" else [])


def metal_parts(design: Design) -> list[Manifold]:
    """Rear number plate, and bumpers where they are of metal."""
    d = design
    plate = _trapezoid(0.26, d.clearance + d.departure_lift + 0.40, 0.12, 1.0)
    parts = [prism(plate, "z", d.tail - 0.1, d.tail + 0.3, "dark")]
    return parts + (_bumpers(d) if d.options["bumpers"] == "metal" else [])


def _trapezoid(half: float, top: float, height: float, taper: float) -> NDArray[np.float64]:
    """(x, y) outline symmetric about x = 0, its lower edge `taper` times its upper."""
    low = top - height
    return np.array([(half, top), (taper * half, low), (-taper * half, low), (-half, top)])


def _at_nose(d: Design, polygon: NDArray[np.float64]) -> Manifold:
    return prism(polygon, "z", d.nose - 0.4, d.nose + 0.1, "dark", radius=0.02)


def _bumpers(d: Design) -> list[Manifold]:
    """Bands around the nose and the tail."""
    bands = []
    for end, lift in ((d.nose, d.approach_lift), (d.tail, d.departure_lift)):
        low = d.clearance + lift + 0.12
        section = [(end - 0.4, low), (end + 0.4, low), (end + 0.4, low + 0.17), (end - 0.4, low + 0.17)]
        bands.append(prism(section, "x", -d.width, d.width, "dark"))
    return bands
