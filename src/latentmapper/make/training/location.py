"""Training the head that finds the object in a picture, on renders with their true masks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.features.vit import Tokens
from latentmapper.make.dataset.describer import BLANK, Describer, Precision, describer_of
from latentmapper.make.dataset.looks import true_box
from latentmapper.make.dataset.views import View, Views
from latentmapper.make.models.location import LocationHead
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned
from latentmapper.make.training.location_pictures import Described, covered, drawn, forget, truth_of
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import check_begun, require_as_many, require_least, save_recipe
from latentmapper.photo.framing import SIDE, Box
from latentmapper.photo.location import TOLD, Location, box, overlaps

TOKENS = "tokens"
"""Folder of a run that holds what the ViT makes of its pictures, until it has ended."""


@dataclass(frozen=True)
class LocationRecipe:
    """How the head is trained."""

    pictures: int = 4000
    """Training pictures, evenly drawn over the shapes."""
    held_out: int = 400
    """Pictures of held-out shapes that it is measured on."""
    hidden: int = 64
    """Width of the hidden layer."""
    steps: int = 2500
    """Optimisation steps."""
    batch: int = 8192
    """Patches in a step."""
    rate: float = 3e-3
    """AdamW's rate; it falls along a cosine to nothing."""
    weight_decay: float = 0.02
    """AdamW's weight decay."""
    noise: float = 0.1
    """Noise on the tokens in training, in standard deviations of their channels."""
    box_weight: float = 4.0
    """Weight of the L1 on how far the object reaches, in sides of the picture."""
    neighbours: float = 0.3
    """Share of pictures in which the shape is seen a second time, from another side, beside and behind."""
    side: int = SIDE
    """Pixels of the pictures' sides: less than 224 for a head that reads a glance (`packs glance`)."""
    precision: Precision = "float32"
    """Of the ViT's products."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on counts out of range."""
        require_least(self, pictures=1, held_out=0, hidden=1, steps=1, batch=1, side=1, seed=0)
        if not 0 <= self.neighbours <= 1:
            raise RecipeError(f"--neighbours must be a share, 0 to 1, not {self.neighbours}")


@dataclass(frozen=True)
class Overlap:
    """Intersection over union with the truth, means over held-out pictures."""

    mask: float
    """Of the patches."""
    box: float
    """Of the box."""


def train_location(
    views: Sequence[Views], vit: Describer, folder: Path, recipe: LocationRecipe, process: Process = ALONE
) -> tuple[Location, Overlap | None]:
    """Train, or go on: the head, and how well it does on held-out shapes; None where there are none.

    Parameters
    ----------
    vit : of `recipe.precision`.
    folder : of the run. It keeps recipe, log and checkpoint, and while it describes and trains the tokens of
        its pictures, 200 kB each.

    Raises
    ------
    StoreError : no views of training shapes, or pictures that are no squares; or the folder holds a run on
        other views or another ViT.
    UsageError : what describes cannot describe pictures of `recipe.side`.
    RecipeError : the folder holds a run that was begun with another recipe, but for its batch and more steps.
    """
    describe = describer_of(vit, recipe.side)
    _check(views)
    check_begun(recipe, folder / "recipe.json", free=("steps", "batch"))
    require_as_many(recipe.steps, folder)
    learned = {"views": _sha256_of_views(views), "ViT": vit.sha256}
    check_learned(learned, folder)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
    torch.manual_seed(recipe.seed)
    head = LocationHead(describe(BLANK).patches.shape[-1], recipe.hidden)
    if checkpoint.step_of(folder) < recipe.steps:
        maker = files.sha256_of_json([vit.sha256, recipe.precision, recipe.side])
        task = _Task(head, views, Described(describe, maker, folder / TOKENS, process), recipe, process)
        train(task, folder, recipe.steps, final_rate=0.0, log_every=100, check_every=recipe.steps)
    _, overlap = checkpoint.load(folder, {"head": head}, [])
    if process.is_main:
        forget(folder / TOKENS)
    return head.location(), Overlap(**overlap) if overlap else None


def _check(views: Sequence[Views]) -> None:
    """Raise `StoreError` where nothing can be learned from views."""
    for some in views:
        some.require_squares()
    if not any(record.split == "train" for some in views for record in some.records):
        raise StoreError("no views of training shapes; make them with: latentmapper data render")


def _sha256_of_views(views: Sequence[Views]) -> str:
    """SHA-256 over what decides which pictures are drawn, and what they show."""
    return files.sha256_of_json([[[r.split, r.sha256] for r in some.records] for some in views])


class _Task:
    """Patches of all pictures alike; see `loop.Task`."""

    def __init__(
        self,
        head: LocationHead,
        views: Sequence[Views],
        describe: Described,
        recipe: LocationRecipe,
        process: Process,
    ) -> None:
        self._recipe, self.process = recipe, process
        shown = drawn(views, True, recipe.pictures, recipe.neighbours, recipe.seed)
        patches = describe(shown)
        truth = np.stack([truth_of(view, patches.shape[1]) for view in shown])
        self._tokens = torch.from_numpy(patches.reshape(-1, patches.shape[-1]))
        self._truth = torch.from_numpy(truth.reshape(-1, TOLD))
        self._held_out = drawn(views, False, recipe.held_out, recipe.neighbours, recipe.seed)
        self._held_out_patches = describe(self._held_out) if self._held_out else patches[:0]
        head.fit(self._tokens)
        self.head = head.to(process.device)
        self.modules: dict[str, nn.Module] = {"head": head}
        self.optimizers: list[Any] = [
            torch.optim.AdamW(head.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
        ]
        self.state: dict[str, float] = {}

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """How far what is told of random patches is from the truth."""
        process, recipe = self.process, self._recipe
        torch.manual_seed(hash((recipe.seed, step)))
        rows = torch.randint(len(self._tokens), (recipe.batch * process.world,))
        # Of all slots: however many processes there are, a patch is seen with the same noise.
        noise = recipe.noise * torch.randn(len(rows), self._tokens.shape[1])
        own = rows[process.own]
        given = self._tokens[own], noise[process.own], self._truth[own]
        tokens, noise, truth = (each.to(process.device) for each in given)
        return _loss(self.head(tokens, noise), truth, recipe.box_weight, process), {}

    def validate(self, step: int) -> dict[str, float]:
        """The overlap on held-out pictures, which the checkpoint keeps too."""
        if not self._held_out:
            return {}
        overlap = measure(self.head.location(), self._held_out_patches, self._held_out)
        self.state |= asdict(overlap)
        return {f"held_out_{name}": value for name, value in self.state.items()}


def measure(location: Location, patches: np.ndarray, shown: Sequence[View]) -> Overlap:
    """Overlap of what is found in `patches` (n, rows, columns, width) with the masks of the views."""
    told = location(Tokens(patches[:, 0, 0], patches))
    found = told[..., 0] > 0
    truth = np.stack([covered(view, patches.shape[1]) for view in shown]) > 0.5
    masks = (found & truth).sum((1, 2)) / np.maximum(1, (found | truth).sum((1, 2)))
    boxes = [_overlap(box(one), true_box(view)) for one, view in zip(told, shown, strict=True)]
    return Overlap(float(masks.mean()), float(np.mean(boxes)))


def _loss(told: torch.Tensor, truth: torch.Tensor, box_weight: float, process: Process) -> torch.Tensor:
    """Patches of the object alone are asked how far it reaches."""
    covers = truth[:, 0]
    odds = nn.functional.binary_cross_entropy_with_logits(told[:, 0], covers)
    missed = (told[:, 1:] - truth[:, 1:]).abs().sum(1)
    return odds + box_weight * (covers * missed).sum() / process.share_of(covers.sum())


def _overlap(one: Box | None, other: Box | None) -> float:
    """Intersection over union of two boxes; 1 where neither is there."""
    if one is None or other is None:
        return float(one is other)
    return float(overlaps(np.array([one, other]))[0, 1])
