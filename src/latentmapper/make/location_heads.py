"""Whether a head that finds the object reads the tokens of the ViT that a pack is for."""

from collections.abc import Mapping
from typing import Any

from latentmapper.errors import RecipeError
from latentmapper.make.training.presence import GLOBAL_TOKENS
from latentmapper.photo.location import Location


def check_head(location: Location, overview: Mapping[str, Any]) -> None:
    """Raise `RecipeError` where a head reads tokens of another length.

    Parameters
    ----------
    overview : the entry "descriptor" of the pack's `pack.json`.
    """
    width = overview["length"] // (GLOBAL_TOKENS + overview["grid"] ** 2)
    if len(location.weight1) != width:
        told = f"--location: the head reads tokens of {len(location.weight1)} numbers, the ViT gives {width}"
        raise RecipeError(f"{told}; make one for it with: latentmapper train location --vit")
