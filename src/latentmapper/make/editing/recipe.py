"""How sliders are found and tested: the options of `latentmapper packs directions`."""

from dataclasses import dataclass

from latentmapper.errors import RecipeError
from latentmapper.shapes.extraction import rounded


@dataclass(frozen=True)
class DirectionsRecipe:
    """How the directions of a pack are fitted and tested.

    Raises `RecipeError` on values out of range; the message names the option.
    """

    shapes: int = 2000
    """Known shapes that directions are fitted to, at most; a third as many codes between them are added."""
    tests: int = 200
    """Codes left out of the fit on which every slider is tested: half known, half between them."""
    ridge: float = 500.0
    """How strongly the regression is held down: as so many pairs of like shapes that do not differ would."""
    principal: int = 4
    """Principal directions of the codes to keep."""
    closed_form: int = 4
    """Closed-form directions of the base model's first weights (SeFa) to keep."""
    resolution: int = 64
    """Cells along each axis of the lattice in which shapes are measured."""
    seed: int = 0
    """Which shapes are left out, and which codes lie between."""

    def __post_init__(self) -> None:
        for name, least in (("shapes", 10), ("tests", 4), ("principal", 0), ("closed_form", 0)):
            if getattr(self, name) < least:
                option = name.replace("_", "-")
                raise RecipeError(f"--{option} must be at least {least}, not {getattr(self, name)}")
        if not self.ridge > 0:
            raise RecipeError(f"--ridge must be positive, not {self.ridge}")
        rounded(self.resolution)
