"""Training a generative shape model on a store, whichever the recipe names, and reading the run again."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.models.base import build_network
from latentmapper.make.training import checkpoint
from latentmapper.make.training.auto_decoding import embedding
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.dit import DITTask
from latentmapper.make.training.dit_recipe import DIT_PAPER, DIT_SMALL, DITRecipe
from latentmapper.make.training.recipe import load_recipe, save_recipe
from latentmapper.make.training.shape_recipe import ShapeRecipe, ShapeTask

AnyRecipe = ShapeRecipe | DITRecipe
RECIPES: dict[str, AnyRecipe] = {
    "triplane": ShapeRecipe(),
    "dit-small": DIT_SMALL,
    "dit-paper": DIT_PAPER,
}


def train_shape(store: JoinedStore, folder: Path, recipe: AnyRecipe, process: Process = ALONE) -> None:
    """Train on the store's training shapes into `folder`; resumes what is there.

    Raises
    ------
    StoreError : the store has no training shape (under the recipe's licenses).
    RecipeError : an unknown model, sizes that do not fit together, a folder with a run of another model, or
        a mirror-symmetric model of shapes that are not.
    """
    if recipe.shape.symmetric and store.header.get("symmetric") is False:
        raise RecipeError("the store's shapes are not mirror-symmetric: add --shape.no-symmetric")
    records = [
        record for record in store.split("train") if not recipe.licenses or record.license in recipe.licenses
    ]
    if not records:
        wanted = f" under {', '.join(recipe.licenses)}" if recipe.licenses else ""
        raise StoreError(f"the store has no training shapes{wanted}")
    _check_resumable(folder, recipe)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        files.write_json(
            folder / "shapes.json", {"store": store.header, "ids": [record.id for record in records]}
        )
    task_of(store, records, recipe, process).train(folder)


def _check_resumable(folder: Path, recipe: AnyRecipe) -> None:
    """A run of another model would lose its recipe before its checkpoint is found not to fit."""
    path = folder / "recipe.json"
    if not path.is_file() or not (folder / checkpoint.NAME).is_file():
        return
    found = load_shape_recipe(path)
    if (found.kind, found.shape) != (recipe.kind, recipe.shape):
        sizes = " of other sizes" if found.kind == recipe.kind else ""
        raise RecipeError(f"{folder} holds a --model {found.model}{sizes}; choose another --output")


def task_of(
    store: JoinedStore, records: list[Any], recipe: AnyRecipe, process: Process = ALONE
) -> ShapeTask | DITTask:
    """What a recipe trains."""
    if isinstance(recipe, DITRecipe):
        return DITTask(store, records, recipe, process)
    return ShapeTask(store, records, recipe, process)


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

    def to(self, device: torch.device) -> "TrainedShape":
        """The same on a device."""
        return replace(self, network=self.network.to(device), codes=self.codes.to(device))


def load_shape_run(folder: Path) -> TrainedShape:
    """Read a run of `train_shape`.

    Raises
    ------
    StoreError : there is no run in the folder.
    """
    recipe = recipe_of_run(folder)
    ids = json.loads((folder / "shapes.json").read_text())["ids"]
    network = build_network(recipe.kind, asdict(recipe.shape))
    codes = embedding(len(ids), network.code_size, recipe)
    checkpoint.load(folder, {"network": network, "codes": codes}, [])
    network.eval().requires_grad_(False)
    # Looked up rather than taken: a code may have grown past its bound in the last step.
    return TrainedShape(network, codes(torch.arange(len(ids))).detach(), ids, recipe)


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
        model = json.loads(path.read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError):
        model = "triplane"  # reading it as a recipe says what is wrong
    return load_recipe(type(RECIPES.get(model, RECIPES["triplane"])), path)
