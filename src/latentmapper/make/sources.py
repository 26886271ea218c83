"""Who made the shapes that packs learn from, and what their licenses ask of a pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latentmapper.errors import RecipeError

COPYLEFT = "GPL-3.0-or-later"
"""The one license here that a pack may stand under which learned from shapes under the GPL."""
FREE = ("CC0-1.0",)
"""Licenses of shapes that ask for nothing."""


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


def require_license(spdx: str, sources: Sequence[dict[str, Any]]) -> None:
    """Refuse a license that a pack cannot stand under.

    Parameters
    ----------
    spdx : the pack's, as `packs build --license` names it.
    sources : {"source", "license", "shapes"} of what it was trained on.

    Raises
    ------
    RecipeError : shapes are under the GPL, and the pack would not be, or under its second version alone.
    """
    for entry in sources:
        told = f"--license {spdx}: {entry['shapes']} shapes of {entry['source']} are {entry['license']}"
        if entry["license"] in ("GPL-2.0-only", "GPL-2.0"):
            raise RecipeError(f"{told}, which fits no license of a pack; train without them (--licenses)")
        if entry["license"].startswith("GPL-") and spdx != COPYLEFT:
            raise RecipeError(f"{told}, so the pack has to be {COPYLEFT}")


def unlike(spdx: str, sources: Sequence[dict[str, Any]]) -> list[str]:
    """Licenses of shapes that may not allow a pack's: only people can tell."""
    return sorted({entry["license"] for entry in sources} - {spdx, *FREE, *_EASILY_MET.get(spdx, ())})


_EASILY_MET = {
    "Apache-2.0": ("BSD-3-Clause", "MIT", "CC-BY-3.0", "CC-BY-4.0"),
    "BSD-3-Clause": ("MIT",),
    COPYLEFT: ("GPL-2.0-or-later", "Apache-2.0", "BSD-3-Clause", "MIT", "CC-BY-3.0", "CC-BY-4.0"),
}
"""License of a pack -> those of shapes that it is known to be allowed by: NOTICE names who they are by."""
