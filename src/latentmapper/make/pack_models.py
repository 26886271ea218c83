"""The two trained models of a pack, as its recipe wants them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.models.mapper import Mapper
from latentmapper.make.pack_recipe import PackRecipe
from latentmapper.make.training.mapper_run import best_of, load_mapper_run
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run
from latentmapper.make.training.view import view_head_of


@dataclass(frozen=True, eq=False)
class PackModels:
    """A shape model, a mapper to its codes, and which of its shapes the pack will know."""

    shape_run: Path
    mapper_run: Path
    shape: TrainedShape
    mapper: Mapper
    """Limited to the known shapes, with the head and the sharpness of the recipe."""
    details: dict[str, Any]
    """What the mapper's run says of itself, its `mapper.json`."""
    known: list[int]
    """Numbers of the training shapes that the pack knows."""
    view: torch.nn.Linear | None
    """Tells from where a picture was taken, of the mapper's hidden features; None where the pack does not."""

    @classmethod
    def load(cls, shape_run: Path, mapper_run: Path, store: JoinedStore, recipe: PackRecipe) -> "PackModels":
        """Read the runs, and make sure that they fit together and to the recipe.

        Raises
        ------
        StoreError : no such runs, or the mapper was not trained on the shape model's codes, or either was on
            others than the store's shapes.
        RecipeError : a head, a view or sources of shapes that the runs do not have.
        """
        shape, mapper, details = load_shape_run(shape_run), *load_mapper_run(mapper_run)
        # A shape model that was trained further gives its shapes other codes.
        if details["ids"] != shape.ids or not _alike(mapper.bank, shape.codes):
            raise StoreError("the mapper was trained on another shape model's codes; train it again")
        store.require(shape.ids)
        _check_head(recipe.head, details["recipe"])
        known = _known(store, shape.ids, recipe.bank_sources)
        mapper.limit_bank(torch.tensor(known))
        mapper.shape = replace(
            mapper.shape,
            head=recipe.head or mapper.shape.head,
            sharpness=mapper.shape.sharpness if recipe.sharpness is None else recipe.sharpness,
        )
        view = view_head_of(mapper_run, best_of(mapper_run), details) if recipe.view else None
        return cls(shape_run, mapper_run, shape, mapper, details, known, view)


def _alike(bank: torch.Tensor, codes: torch.Tensor) -> bool:
    """Whether codes are those of a bank, but for how another machine rounds those that are shortened."""
    return bank.shape == codes.shape and torch.allclose(bank, codes, atol=1e-5)


def _known(store: JoinedStore, ids: list[str], sources: tuple[str, ...]) -> list[int]:
    """Numbers of the training shapes that a pack knows. Raises `RecipeError` for a source that has none."""
    source = {record.id: record.source for record in store.records}
    if absent := sorted(set(sources) - {source[shape] for shape in ids}):
        raise RecipeError(f"--bank-sources {absent[0]}: no training shape is from there")
    return [number for number, shape in enumerate(ids) if not sources or source[shape] in sources]


def _check_head(head: str | None, trained: dict[str, Any]) -> None:
    """Raises `RecipeError` where a head is asked for that the run did not train."""
    own = trained["shape"]["head"]
    weighs = trained["entropy_weight"] > 0 or trained.get("bank_weight", 0) > 0
    mixes = own != "direct" or (weighs and trained["shape"].get("body") != "dense")
    if head is None or head == own or (head == "bank" and mixes):
        return
    raise RecipeError(
        f"--head {head}: the mapper was trained with --shape.head {own}; train it for that head"
    )
