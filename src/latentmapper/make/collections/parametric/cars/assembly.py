"""A whole car: hulls, arches, wheels, windows and trim in one closed solid."""

from manifold3d import Manifold

from latentmapper.make.collections.parametric.cars import stencils
from latentmapper.make.collections.parametric.cars.body import greenhouse, lower_body
from latentmapper.make.collections.parametric.cars.cabin import bed, cockpit
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.solids import solid, union
from latentmapper.make.collections.parametric.cars.trim import trim
from latentmapper.make.collections.parametric.cars.wheels import arches, wheels


def build(design: Design) -> Manifold:
    """The car as one solid, metres, wheels on y = 0."""
    body, house = lower_body(design), greenhouse(design)
    roof = "dark" if design.options.get("roof") == "soft top" else "paint"
    if design.options.get("roof") == "open":
        skin = cockpit(design, solid(*body.mesh(), "paint"), body, house)
    else:
        skin = solid(*body.mesh(), "paint") + solid(*house.mesh(), roof)
        glazing = stencils.side_windows(design, house) + stencils.screens(design, house)
        if design.options["pillars"] == "dark":
            skin = _sunk(skin, stencils.side_surround(design, house), [house, body], "dark", 0.5)
        skin = _sunk(skin, glazing, [house, body], "glass")
    skin = _sunk(skin, stencils.lamps(design), [body], "light")
    skin = _sunk(skin, stencils.dark_parts(design), [body], "dark")
    skin = _sunk(skin, stencils.metal_parts(design), [body], "metal")
    if design.body == "pickup":
        skin = skin - bed(design, body)
    skin = skin - arches(design, body)
    car = union([skin, wheels(design, body), *trim(design, body, house)])
    # Cuts that nearly coincide may leave slivers beside the car.
    return max(car.decompose(), key=Manifold.volume)


def _sunk(
    skin: Manifold, regions: list[Manifold], hulls: list[Hull], material: str, share: float = 1.0
) -> Manifold:
    """The skin with regions sunk, by a share of the full depth, to smaller hulls of their material."""
    floor = union([solid(*hull.mesh(share * stencils.DEPTH), material) for hull in hulls])
    return skin - (union(regions) - floor)
