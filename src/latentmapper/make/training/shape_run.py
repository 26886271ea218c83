"""Runs of `latentmapper train shape` on disk: their recipe, network and codes."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper.errors import StoreError
from latentmapper.files import parse_object
from latentmapper.make.models.base import build_network
from latentmapper.make.training import checkpoint
from latentmapper.make.training.auto_decoding import embedding
from latentmapper.make.training.dit_recipe import DIT_PAPER, DIT_SMALL, DITRecipe
from latentmapper.make.training.recipe import load_recipe
from latentmapper.make.training.record import read_record
from latentmapper.make.training.shape_recipe import ShapeRecipe

AnyRecipe = ShapeRecipe | DITRecipe
RECIPES: dict[str, AnyRecipe] = {
    "triplane": ShapeRecipe(),
    "dit-small": DIT_SMALL,
    "dit-paper": DIT_PAPER,
}


@dataclass(frozen=True)
class TrainedShape:
    """A finished (or interrupted) run of a shape model."""

    network: Any
    """The shape network, frozen, in evaluation mode."""
    codes: torch.Tensor
    """(N, d) codes of the training shapes."""
    ids: list[str]
    """Their ids."""
    recipe: AnyRecipe
    """How it was trained."""

    @property
    def codes_by_id(self) -> dict[str, np.ndarray]:
        """Id -> code (d,) float32."""
        return dict(zip(self.ids, self.codes.cpu().numpy(), strict=True))

    def to(self, device: torch.device) -> "TrainedShape":
        """The same on a device."""
        return replace(self, network=self.network.to(device), codes=self.codes.to(device))


def load_shape_run(folder: Path) -> TrainedShape:
    """Read a run of `train_shape`.

    Raises
    ------
    StoreError : there is no run in the folder, or one that is damaged.
    """
    recipe = recipe_of_run(folder)
    ids = ids_of_run(folder)
    network = build_network(recipe.kind, asdict(recipe.shape))
    codes = embedding(len(ids), network.code_size, recipe)
    checkpoint.load(folder, {"network": network, "codes": codes}, [])
    network.eval().requires_grad_(False)
    # Looked up rather than taken: a code may have grown past its bound in the last step.
    return TrainedShape(network, codes(torch.arange(len(ids))).detach(), ids, recipe)


def ids_of_run(folder: Path) -> list[str]:
    """Ids of the shapes of a run, in the order of its codes. Raises `StoreError` where it does not tell."""
    return read_record(folder / "shapes.json", "ids")["ids"]


def recipe_of_run(folder: Path) -> AnyRecipe:
    """The recipe of a run of `train_shape`. Raises `StoreError` where there is no run in the folder."""
    if not (folder / checkpoint.NAME).is_file():
        raise StoreError(f"no trained shape model in {folder}; make one with: latentmapper train shape")
    return load_shape_recipe(folder / "recipe.json")


def load_shape_recipe(path: Path) -> AnyRecipe:
    """Read the recipe of a run, whatever its model.

    Raises
    ------
    RecipeError : as `load_recipe`.
    """
    try:
        model = parse_object(path.read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError):
        model = "triplane"  # reading it as a recipe says what is wrong
    return load_recipe(type(RECIPES.get(model, RECIPES["triplane"])), path)
