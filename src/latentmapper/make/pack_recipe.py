"""What a pack is called, how it may be used, and how its mapper answers: options of `packs build`."""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

from latentmapper.errors import RecipeError


@dataclass(frozen=True)
class PackRecipe:
    """What a pack is called and how it may be used."""

    id: str
    """Name and version, such as "car-1"."""
    license: str = "CC0-1.0"
    """SPDX identifier of the pack's licence, as data."""
    level: float = 0.0
    """The surface lies where the distance is this (canonical frame): a little more than 0 keeps wings
    whole that are thinner than what the shape model resolves, and thickens everything by as much."""
    head: Literal["direct", "bank", "residual"] | None = None
    """Answers with this head in place of the mapper's own. One body may train the direct answer and the
    bank's weights (--bank-weight): the bank's mixtures are the tamer ones where photos are unlike renders."""
    sharpness: float | None = None
    """Replaces the mapper's own; one that is too sure of itself on held-out pictures wants less than 1."""
    bank_sources: tuple[str, ...] = ()
    """Sources whose shapes are known: answers are mixed from these alone, and drawn towards them; all sources
    if none is given. Shapes unlike any in photographs, such as toys, may teach and be no answers."""
    bandwidth: float | None = None
    """Draw codes towards known shapes whose surfaces lie within about this distance (network units): crisper
    shapes than the mapper's own mixture; 0.003 suits cars and airplanes. None leaves codes as they are."""
    int8: bool = False
    """Store large matrices as int8, one scale a row: half the size; codes and surfaces hardly differ."""
    view: bool = False
    """Keep the head that tells from where a photo was taken (--view-weight), for reconstruct --overlay."""
    title: str = ""
    """One line for lists; by default made from the category."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on what no pack can be called, or answer with."""
        require_name(self.id)
        if not isfinite(self.level):
            raise RecipeError(f"--level must be a finite number, not {self.level}")
        if self.sharpness is not None and not 0 < self.sharpness < inf:
            raise RecipeError(f"--sharpness must be above 0 and finite, not {self.sharpness}")


def require_name(name: str) -> None:
    """Raise `RecipeError` for an id that no terminal can show."""
    if not (name and name.isprintable()):
        raise RecipeError(f"--id must be letters that can be printed, such as car-1, not {name!r}")
