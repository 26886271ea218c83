"""Training a network that tells from where a picture was taken, and reading it again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.records import record_of
from latentmapper.make.models.view_reader import ViewReader, ViewShape
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned, sha256_of_features
from latentmapper.make.training.loop import train
from latentmapper.make.training.pictures import Pictures, check_alike, draw
from latentmapper.make.training.recipe import check_begun, load_recipe, require_least, save_recipe
from latentmapper.make.training.record import read_record
from latentmapper.make.training.stages import require_shares
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
        require_least(self, steps=1, batch=1, warmup=0, weight_decay=0, seed=0)
        require_shares(self.parametric_share)
        if not self.rate > 0:
            raise RecipeError(f"--rate must be above 0, not {self.rate}")


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
        if not len(known):
            return cls(torch.zeros(0, 1, 1), torch.zeros(0, 4), np.zeros(0))
        parts = np.split(known, range(AT_ONCE, len(known), AT_ONCE))
        cells = torch.cat([reader.cells(pictures.descriptors[rows].float()).half() for rows in parts])
        views = torch.cat([pictures.directions, rolls[:, None] / ROLL_UNIT], 1)[known]
        chance = pictures.chance[known]
        return cls(cells, views, chance / chance.sum())


@dataclass(frozen=True)
class Details:
    """What a run is, as its `view.json` says."""

    kind: str
    """Of the features."""
    vit_sha256: str
    category: str
    sources: list[dict[str, Any]]
    """Collections and licenses of the training shapes, as in a pack's `pack.json`."""
    tokens: int
    channels: int
    """How a descriptor is laid out: so many tokens of so many channels."""
    count: int
    """Numbers that are told, the first of `NUMBERS`."""
    pictures: int
    """So many it learned from."""


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
        rows = draw(self.taught.chance, rng, count)[self.process.own]
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
            device = self.process.device
            told = torch.cat([self.reader.answer(part.to(device).float()) for part in parts]).cpu()
        cosines = torch.nn.functional.cosine_similarity(told[:, :3], self.held_out.views[:, :3], dim=1)
        degrees = cosines.clamp(-1, 1).acos().rad2deg()
        far = (degrees > 60).float().mean()
        self.state = {"held_out_view_degrees": float(degrees.median()), "held_out_far_off": float(far)}
        return dict(self.state)


def train_view(
    features: Sequence[Features],
    stores: JoinedStore,
    folder: Path,
    recipe: ViewRecipe,
    process: Process = ALONE,
) -> None:
    """Train into `folder`; resumes what is there.

    Parameters
    ----------
    stores : hold the shapes that the pictures show; they tell under which licenses these stand.

    Raises
    ------
    StoreError : no training pictures that tell their view, features of several kinds or in clusters, shapes
        that are in none of the stores, or the folder holds a run on other features.
    RecipeError : the folder holds a run that was begun with another recipe, but for its steps and batch.
    """
    check_alike(features)
    if features[0].kind not in ("tokens", "pooled"):
        raise StoreError(f"{features[0].folder} holds features of --kind {features[0].kind}, not of tokens")
    sources = _sources(features, stores)
    check_begun(recipe, folder / "recipe.json", free=("steps", "batch"))
    learned = {"features": sha256_of_features(features)}
    check_learned(learned, folder)
    if checkpoint.step_of(folder) >= recipe.steps:
        return
    known = {record.shape: np.zeros(1, np.float32) for each in features for record in each.records}
    taught, held_out = (
        Pictures.gather([*features], split, known, recipe.parametric_share)
        for split in ("train", "validation")
    )
    torch.manual_seed(recipe.seed)
    reader = ViewReader(recipe.shape, *taught.layout, _count(taught))
    seen = [Seen.of(pictures, reader) for pictures in (taught, held_out)]
    if not len(seen[0].cells):
        raise StoreError(f"{features[0].folder}: no training pictures that tell from where they were taken")
    task = ViewTask(reader, seen[0], seen[1], recipe, process)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
        what = features[0].kind, features[0].vit_sha256, stores.header["category"], sources
        numbers = *taught.layout, reader.tell.out_features, len(seen[0].cells)
        files.write_json(folder / NAME, asdict(Details(*what, *numbers)))
    train(task, folder, recipe.steps, final_rate=0.0, check_every=500, warmup=recipe.warmup)


def load_view_reader(folder: Path) -> tuple[ViewReader, Details]:
    """The trained network of a run, frozen, and what it is.

    Raises
    ------
    StoreError : there is no finished run in the folder, or one that is damaged.
    RecipeError : its recipe is damaged.
    """
    if not (folder / checkpoint.NAME).is_file() or not (folder / NAME).is_file():
        raise StoreError(f"no network for the view in {folder}; make one with: latentmapper train view")
    recipe = load_recipe(ViewRecipe, folder / "recipe.json")
    if checkpoint.step_of(folder) < recipe.steps:
        raise StoreError(f"{folder} is not finished; go on with: latentmapper train view")
    details = _read_details(folder / NAME)
    reader = ViewReader(recipe.shape, details.tokens, details.channels, details.count)
    checkpoint.load(folder, {"view": reader}, [])
    return reader.eval().requires_grad_(False), details


def training_record(folder: Path) -> dict[str, Any]:
    """What a pack tells of how a run was trained: its pictures, how well it did on held-out ones, its recipe.

    Raises as `load_view_reader`.
    """
    recipe = asdict(load_recipe(ViewRecipe, folder / "recipe.json"))
    recipe["steps"] = checkpoint.step_of(folder)
    return {
        "pictures": _read_details(folder / NAME).pictures,
        **checkpoint.extra_of(folder),
        "recipe": recipe,
    }


def _read_details(path: Path) -> Details:
    try:
        details = record_of(Details, read_record(path))
    except (TypeError, ValueError) as error:
        raise StoreError(f"{path} is damaged: {error}") from None
    sound = all(isinstance(each, dict) for each in details.sources)
    if not sound or min(details.tokens, details.channels) < 1 or details.count not in (3, len(NUMBERS)):
        raise StoreError(f"{path} is damaged: it tells of no network for the view")
    return details


def _count(taught: Pictures) -> int:
    """How many numbers are told: the roll only where every picture that tells its view tells it."""
    known = taught.directions.isfinite().all(1)
    told = taught.rolls is not None and bool(taught.rolls[known].isfinite().all())
    return len(NUMBERS) if told else 3


def _sources(features: Sequence[Features], stores: JoinedStore) -> list[dict[str, Any]]:
    """Where the training shapes came from, and under which licenses. Raises `StoreError` for unknown ones."""
    shown = {record.shape for each in features for record in each.records if record.split == "train"}
    stores.require(sorted(shown), "that the pictures show")
    return stores.sources(sorted(shown))
