"""A whole car: hulls, arches, wheels, windows and trim in one closed solid.

Windows and lamps are sunk a few millimetres into the skin: what a prism cuts off, down to a copy of the
hull that is a little smaller, is taken away. So a region has a crisp outline, and its floor, a piece of the
smaller hull, carries its material.
"""

from manifold3d import Manifold

from latentmapper.make.collections.parametric.cars.body import greenhouse, lower_body
from latentmapper.make.collections.parametric.cars.cabin import bed, cockpit
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.details import dark_parts, lamps, metal_parts
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import solid, union
from latentmapper.make.collections.parametric.cars.trim import trim
from latentmapper.make.collections.parametric.cars.wheels import arches, wheels
from latentmapper.make.collections.parametric.cars.windows import screens, side_surround, side_windows

_DEPTH = 0.009  # Metres that a region is sunk.


def build(design: Design) -> Manifold:
    """The car as one solid, metres, wheels on y = 0."""
    body, house = lower_body(design), greenhouse(design)
    if design.options.get("roof") == "open":
        skin = cockpit(design, body, house)
    else:
        skin = _closed(design, body, house)
    skin = _sunk(skin, lamps(design), [body], "light")
    skin = _sunk(skin, dark_parts(design), [body], "dark")
    skin = _sunk(skin, metal_parts(design), [body], "metal")
    if design.body == "pickup":
        skin = skin - bed(design, body)
    skin = skin - arches(design, body)
    car = union([skin, wheels(design, body), *trim(design, body, house)])
    # Cuts that nearly coincide may leave slivers beside the car.
    return max(car.decompose(), key=Manifold.volume)


def _closed(design: Design, body: Hull, house: Hull) -> Manifold:
    """Body and greenhouse with the windows sunk into them."""
    roof = "dark" if design.options.get("roof") == "soft top" else "paint"
    skin = solid(*body.mesh(), "paint") + solid(*house.mesh(), roof)
    if design.options["pillars"] == "dark":
        skin = _sunk(skin, side_surround(design, house), [house, body], "dark", 0.5 * _DEPTH)
    glass = side_windows(design, house) + screens(design, house)
    return _sunk(skin, glass, [house, body], "glass")


def _sunk(
    skin: Manifold, regions: list[Manifold], hulls: list[Hull], material: str, depth: float = _DEPTH
) -> Manifold:
    """The skin with regions sunk to the hulls, made smaller by `depth` metres, of their material."""
    floor = union([solid(*hull.mesh(depth), material) for hull in hulls])
    return skin - (union(regions) - floor)
