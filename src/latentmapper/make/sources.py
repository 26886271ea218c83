"""Who made the shapes that the bundled packs learned from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A public collection of meshes, as its license asks it to be named."""

    title: str
    """Name of the collection."""
    copyright: str
    """Its copyright line, or who gave it away."""
    address: str
    """Where it is published."""


PARAMETRIC = Source(
    "Parametric vehicles of LatentMapper",
    "Copyright the LatentMapper authors",
    "latentmapper.make.collections",
)

# `Shape.source` -> who is behind it.
SOURCES = {
    "parametric": PARAMETRIC,
    "flightgear": Source(
        "FlightGear, AI aircraft", "Copyright the FlightGear contributors", "https://www.flightgear.org"
    ),
    "flightairmap": Source(
        "FlightAirMap-3dmodels",
        "Copyright the FlightGear contributors, collected by FlightAirMap",
        "https://github.com/Ysurac/FlightAirMap-3dmodels",
    ),
    "ysflight": Source(
        "YSFLIGHT",
        "Copyright 2022 Soji Yamakawa (CaptainYS, http://www.ysflight.com)\n"
        "Copyright 2022 YSFlight Community Edition Development Committee",
        "https://github.com/captainys/YSFLIGHT",
    ),
    "quaternius": Source("Quaternius", "Given to the public domain by Quaternius", "https://quaternius.com"),
    "kenney": Source("Kenney", "Given to the public domain by Kenney", "https://kenney.nl"),
    "gazebo": Source(
        "gazebo_models", "Copyright 2012 Nathan Koenig", "https://github.com/osrf/gazebo_models"
    ),
}


def source_of(name: str) -> Source:
    """Who is behind a source; one that this table does not know stands for itself."""
    return SOURCES.get(name) or Source(name, "Copyright its authors", "")
