"""Training a network that tells from where a picture was taken, and reading it again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.features import Features
from latentmapper.make.models.view_reader import ViewReader, ViewShape
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned, sha256_of_features
from latentmapper.make.training.loop import train
from latentmapper.make.training.pictures import Pictures, check_alike
from latentmapper.make.training.recipe import check_begun, load_recipe, require_least, save_recipe
from latentmapper.make.training.record import read_record
from latentmapper.view import NUMBERS, ROLL_UNIT

NAME = "view.json"
AT_ONCE = 256
"""Pictures whose cells are averaged at a time."""


@dataclass(frozen=True)
class ViewRecipe:
    """How a network for the view is trained."""

    shape: ViewShape = field(default_factory=ViewShape)
    """Its sizes, and what it does without in training."""
    steps: int = 4000
    """Optimisation steps."""
    batch: int = 128
    """Pictures in a step."""
    rate: float = 2e-3
    """AdamW's rate; it rises over the first steps and falls along a cosine to nothing."""
    warmup: int = 400
    """Steps over which it rises."""
    weight_decay: float = 0.1
    """AdamW's weight decay."""
    parametric_share: float = 0.5
    """Share of pictures that show parametric shapes, where there are others too."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on counts out of range."""
        require_least(self, steps=1, batch=1)


@dataclass(frozen=True)
class Seen:
    """Pictures that tell from where they were taken."""

    cells: torch.Tensor
    """(n, cells, C) float16, as `ViewReader.cells` gives them."""
    views: torch.Tensor
    """(n, 4) float32 what should be told of them: `NUMBERS`; NaN for rolls that are not known."""
    chance: np.ndarray
    """(n,) how likely each is drawn; sums to 1."""

    @classmethod
    def of(cls, pictures: Pictures, reader: ViewReader) -> "Seen":
        """Those of them that tell it, their cells averaged, which makes them fit into memory."""
        rolls = pictures.rolls if pictures.rolls is not None else torch.full((len(pictures.codes),), np.nan)
        known = np.flatnonzero(pictures.directions.isfinite().all(1).numpy())
        parts = np.split(known, range(AT_ONCE, len(known), AT_ONCE))
        cells = [reader.cells(pictures.descriptors[rows].float()).half() for rows in parts if len(rows)]
        views = torch.cat([pictures.directions, rolls[:, None] / ROLL_UNIT], 1)[known]
        chance = pictures.chance[known]
        return cls(
            torch.cat(cells) if cells else torch.zeros(0, 1, 1), views, chance / max(chance.sum(), 1e-9)
        )


class ViewTask:
    """See `loop.Task`."""

    def __init__(
        self, reader: ViewReader, taught: Seen, held_out: Seen, recipe: ViewRecipe, process: Process = ALONE
    ) -> None:
        self.process, self.recipe, self.taught, self.held_out = process, recipe, taught, held_out
        reader.fit(taught.cells[:: max(1, len(taught.cells) // 2000)])
        self.reader = reader.to(process.device)
        self.modules: dict[str, torch.nn.Module] = {"view": self.reader}
        parameters = self.reader.parameters()
        self.optimizers: list[Any] = [
            torch.optim.AdamW(parameters, recipe.rate, weight_decay=recipe.weight_decay)
        ]
        self.state: dict[str, float] = {}

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Mean squared error of direction and roll: where there is doubt, the direction comes out short."""
        rng = np.random.default_rng((self.recipe.seed, step))
        count = self.recipe.batch * self.process.world
        rows = np.searchsorted(np.cumsum(self.taught.chance), rng.random(count) * 0.999999)[self.process.own]
        torch.manual_seed(self.process.seed(hash((self.recipe.seed, step))))
        self.reader.train()
        told = self.reader.answer(self.taught.cells[rows].to(self.process.device).float())
        truth = self.taught.views[rows, : told.shape[1]].to(self.process.device)
        return (told - truth).square().mean(), {}

    def validate(self, step: int) -> dict[str, float]:
        """Degrees between told and true directions of held-out pictures, and how many are far off."""
        if not len(self.held_out.cells):
            return {}
        self.reader.eval()
        with torch.no_grad():
            parts = self.held_out.cells.split(AT_ONCE)
            told = torch.cat(
                [self.reader.answer(part.to(self.process.device).float()) for part in parts]
            ).cpu()
        cosines = torch.nn.functional.cosine_similarity(told[:, :3], self.held_out.views[:, :3], dim=1)
        degrees = cosines.clamp(-1, 1).acos().rad2deg()
        far = (degrees > 60).float().mean()
        self.state = {"held_out_view_degrees": float(degrees.median()), "held_out_far_off": float(far)}
        return dict(self.state)


def train_view(
    features: Sequence[Features], folder: Path, recipe: ViewRecipe, process: Process = ALONE
) -> None:
    """Train into `folder`; resumes what is there.

    Raises
    ------
    StoreError : no training pictures that tell their view, features of several kinds or in clusters, or the
        folder holds a run on other features.
    RecipeError : the folder holds a run that was begun with another recipe.
    """
    check_alike(features)
    if features[0].kind not in ("tokens", "pooled"):
        raise StoreError(f"{features[0].folder} holds features of --kind {features[0].kind}, not of tokens")
    known = {record.shape: np.zeros(1, np.float32) for each in features for record in each.records}
    taught, held_out = (
        Pictures.gather([*features], split, known, recipe.parametric_share)
        for split in ("train", "validation")
    )
    torch.manual_seed(recipe.seed)
    told = taught.rolls is not None and bool(taught.rolls.isfinite().all())
    count = len(NUMBERS) if told else 3
    reader = ViewReader(recipe.shape, *taught.layout, count)
    seen = [Seen.of(pictures, reader) for pictures in (taught, held_out)]
    if not len(seen[0].cells):
        raise StoreError(f"{features[0].folder}: no training pictures that tell from where they were taken")
    check_begun(recipe, folder / "recipe.json", free=("steps", "batch"))
    learned = {"features": sha256_of_features(features)}
    check_learned(learned, folder)
    task = ViewTask(reader, seen[0], seen[1], recipe, process)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
        files.write_json(folder / NAME, _details(features[0], taught, count))
    train(task, folder, recipe.steps, final_rate=0.0, check_every=500, warmup=recipe.warmup)


def load_view_reader(folder: Path) -> tuple[ViewReader, dict[str, Any]]:
    """The trained network of a run, frozen, and what its `view.json` says.

    Raises
    ------
    StoreError : there is no run in the folder, or one that is damaged.
    """
    if not (folder / checkpoint.NAME).is_file() or not (folder / NAME).is_file():
        raise StoreError(f"no network for the view in {folder}; make one with: latentmapper train view")
    details = read_record(folder / NAME, "tokens", "channels", "count", "kind", "vit_sha256")
    shape = load_recipe(ViewRecipe, folder / "recipe.json").shape
    reader = ViewReader(shape, details["tokens"], details["channels"], details["count"])
    checkpoint.load(folder, {"view": reader}, [])
    return reader.eval().requires_grad_(False), details


def training_record(folder: Path) -> dict[str, Any]:
    """What a pack tells of how a run was trained: its pictures, how well it did on held-out ones, its recipe.

    Raises `StoreError` or `RecipeError` where the run is damaged.
    """
    recipe = asdict(load_recipe(ViewRecipe, folder / "recipe.json"))
    pictures = read_record(folder / NAME, "pictures")["pictures"]
    return {"pictures": pictures, **checkpoint.extra_of(folder), "recipe": recipe}


def _details(features: Features, taught: Pictures, count: int) -> dict[str, Any]:
    tokens, channels = taught.layout
    return {
        "kind": features.kind,
        "vit_sha256": features.vit_sha256,
        "tokens": tokens,
        "channels": channels,
        "count": count,
        "pictures": len(taught.codes),
    }
