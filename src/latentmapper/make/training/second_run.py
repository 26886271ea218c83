"""Runs of `latentmapper train second` on disk: what they answer for, and what they have learned."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.records import record_of
from latentmapper.make.models.second import (
    KnownShapes,
    Likelihood,
    PlaceReader,
    SecondShape,
    places_of,
)
from latentmapper.make.training import checkpoint
from latentmapper.make.training.recipe import load_recipe, require_least
from latentmapper.make.training.record import read_record
from latentmapper.make.training.stages import require_shares
from latentmapper.pack import Pack

NAME, LIKELIHOOD = "second.json", "likelihood.safetensors"


@dataclass(frozen=True)
class SecondRecipe:
    """How a second mapper is trained."""

    shape: SecondShape = field(default_factory=SecondShape)
    """Its sizes, and what it does without in training."""
    steps: int = 2500
    """Optimisation steps."""
    batch: int = 128
    """Pictures in a step."""
    rate: float = 1e-3
    """AdamW's rate; it rises over the first steps and falls along a cosine to nothing."""
    warmup: int = 100
    """Steps over which it rises."""
    weight_decay: float = 0.05
    """AdamW's weight decay."""
    parametric_share: float = 0.5
    """Share of pictures that show parametric shapes, where there are others too."""
    balance: float = 0.0
    """0 draws every picture alike, 1 every group: see `train mapper`."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        require_least(self, steps=1, batch=1, warmup=0, weight_decay=0, seed=0)
        require_shares(self.parametric_share)
        if not self.rate > 0:
            raise RecipeError(f"--rate must be above 0, not {self.rate}")
        if not 0 <= self.balance <= 1:
            raise RecipeError(f"--balance must lie in 0..1, not {self.balance:g}")


@dataclass(frozen=True)
class Details:
    """What a run is, as its `second.json` says."""

    kind: str
    """Of the features."""
    network: str
    """SHA-256 of what made them."""
    codes: str
    """SHA-256 of the codes of the pack whose shapes it tells apart."""
    tokens: int
    channels: int
    """How features are laid out: so many tokens of so many channels."""
    components: int
    """So many numbers tell where a shape lies among the known ones."""
    shapes: int
    """So many are known."""
    pictures: int
    """So many it learned from."""


def require_closer(pack: Pack) -> None:
    """Raise `RecipeError` for a pack that looks at whole pictures: features are of closer looks."""
    if "closer" not in pack.metadata or not pack.finds:
        raise RecipeError(
            f"pack {pack.id} looks at whole pictures; a second mapper is for those that look closer"
        )


def known_places(pack: Pack, components: int) -> NDArray[np.float32]:
    """(N, k) where a pack's known shapes lie.

    Raises
    ------
    RecipeError : the pack does not measure how far apart they are, or they are all alike.
    """
    directions = pack.arrays.get("projection")
    if directions is None:
        raise RecipeError(f"pack {pack.id} draws nothing towards known shapes; build it with --bandwidth")
    places = places_of(pack.bank, directions, components)
    if not places.shape[1]:
        raise RecipeError(f"pack {pack.id} knows shapes that are all alike; there is nothing to tell apart")
    return places


def sha256_of_codes(pack: Pack) -> str:
    """What tells a pack's known codes, and what they are measured by, from others'."""
    directions = pack.arrays.get("projection", np.zeros(0))
    return files.sha256_of_bytes(pack.bank.tobytes(), directions.tobytes())


def load_second(folder: Path) -> tuple[KnownShapes, Details]:
    """What a run has learned, frozen, and what it is.

    Raises
    ------
    StoreError : there is no finished run in the folder, or one that is damaged.
    RecipeError : its recipe is damaged.
    """
    if not (folder / checkpoint.NAME).is_file() or not (folder / NAME).is_file():
        raise StoreError(f"no second mapper in {folder}; make one with: latentmapper train second")
    recipe = load_recipe(SecondRecipe, folder / "recipe.json")
    if checkpoint.step_of(folder) < recipe.steps or not (folder / LIKELIHOOD).is_file():
        raise StoreError(f"{folder} is not finished; go on with: latentmapper train second")
    try:
        details = record_of(Details, read_record(folder / NAME))
        likelihood = _read_likelihood(folder / LIKELIHOOD, details)
    except (TypeError, ValueError, KeyError, SafetensorError) as error:
        raise StoreError(f"{folder} is damaged: {error}") from None
    reader = PlaceReader(recipe.shape, details.tokens, details.channels, details.components)
    checkpoint.load(folder, {"second": reader}, [])
    return KnownShapes(reader, likelihood).eval().requires_grad_(False), details


def _read_likelihood(path: Path, details: Details) -> Likelihood:
    """Raises `ValueError` where sizes do not fit together."""
    size = details.components
    likelihood = Likelihood(**load_file(path))
    shapes = likelihood.whitening.shape, likelihood.known.shape
    if min(details.tokens, details.channels) < 1 or shapes != ((size, size), (details.shapes, size)):
        raise ValueError(f"{NAME} and {LIKELIHOOD} tell of no second mapper")
    return likelihood


def training_record(folder: Path) -> dict[str, Any]:
    """What a pack tells of how a run was trained: its pictures, how well it did on held-out ones, its recipe.

    Raises as `load_second`.
    """
    recipe = asdict(load_recipe(SecondRecipe, folder / "recipe.json"))
    recipe["steps"] = checkpoint.step_of(folder)
    details = record_of(Details, read_record(folder / NAME))
    return {"pictures": details.pictures, **checkpoint.extra_of(folder), "recipe": recipe}
