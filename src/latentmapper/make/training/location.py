"""Training the head that finds the object in a picture, on renders with their true masks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn

from latentmapper.errors import StoreError
from latentmapper.features.vit import Tokens
from latentmapper.make.dataset.describer import Describe, Describer, describer_of
from latentmapper.make.dataset.looks import true_box
from latentmapper.make.dataset.neighbours import with_neighbours
from latentmapper.make.dataset.views import View, Views
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.recipe import require_least
from latentmapper.pace import Pace, paced
from latentmapper.photo.framing import SIDE, Box, extent
from latentmapper.photo.location import TOLD, Location, box, centres, overlaps

logger = logging.getLogger(__name__)
ENOUGH = 0.25
"""Share of a patch that the object must cover to count in full: wings seen from the side are thin."""


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
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on counts out of range."""
        require_least(self, pictures=1, held_out=0, hidden=1, steps=1, batch=1, side=1)


@dataclass(frozen=True)
class Overlap:
    """Intersection over union with the truth, means over held-out pictures."""

    mask: float
    """Of the patches."""
    box: float
    """Of the box."""


def train_location(
    views: Sequence[Views], vit: Describer, recipe: LocationRecipe, process: Process = ALONE
) -> tuple[Location, Overlap | None]:
    """The head, and how well it does on held-out shapes; None where there are none.

    Raises
    ------
    StoreError : no views of training shapes, or pictures that are no squares.
    UsageError : what describes cannot describe pictures of `recipe.side`.
    """
    describe = describer_of(vit, recipe.side)
    for some in views:
        some.require_squares()
    shown = _drawn(views, True, recipe.pictures, recipe)
    if not shown:
        raise StoreError("no views of training shapes; make them with: latentmapper data render")
    tokens = _patches(shown, describe, process)
    truth = np.stack([_truth(view, tokens.shape[1]) for view in shown])
    location = _fit(tokens.reshape(-1, tokens.shape[-1]), truth.reshape(-1, TOLD), recipe, process)
    held_out = _drawn(views, False, recipe.held_out, recipe)
    if not held_out:
        return location, None
    overlap = measure(location, _patches(held_out, describe, process), held_out)
    logger.info("held out: masks overlap by %.3f, boxes by %.3f", overlap.mask, overlap.box)
    return location, overlap


def measure(location: Location, patches: np.ndarray, shown: Sequence[View]) -> Overlap:
    """Overlap of what is found in `patches` (n, rows, columns, width) with the masks of the views."""
    told = location(Tokens(patches[:, 0, 0], patches))
    found = told[..., 0] > 0
    truth = np.stack([_covered(view, patches.shape[1]) for view in shown]) > 0.5
    masks = (found & truth).sum((1, 2)) / np.maximum(1, (found | truth).sum((1, 2)))
    boxes = [_overlap(box(one), true_box(view)) for one, view in zip(told, shown, strict=True)]
    return Overlap(float(masks.mean()), float(np.mean(boxes)))


def _fit(tokens: np.ndarray, truth: np.ndarray, recipe: LocationRecipe, process: Process) -> Location:
    """The head from tokens (n, width) and what it should say of them (n, 5)."""
    torch.manual_seed(recipe.seed)
    inputs, targets = torch.from_numpy(tokens), torch.from_numpy(truth)
    mean, std = inputs.mean(0), inputs.std(0) + 1e-4
    first, second = nn.Linear(tokens.shape[1], recipe.hidden), nn.Linear(recipe.hidden, TOLD)
    head = nn.Sequential(first, nn.ReLU(), second).to(process.device)

    def loss_of(_: int) -> tuple[torch.Tensor, dict[str, float]]:
        rows = torch.randint(len(inputs), (recipe.batch * process.world,))
        seen = (inputs[rows] - mean) / std
        # Noise of all slots: every process then draws the same rows in the next step.
        seen = (seen + recipe.noise * torch.randn_like(seen))[process.own].to(process.device)
        told, wanted = head(seen), targets[rows[process.own]].to(process.device)
        return _loss(told, wanted, recipe.box_weight, process), {}

    step_loss = process.parallel(loss_of, [head])
    optimizer = torch.optim.AdamW(head.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.steps)
    for step in paced(range(recipe.steps), recipe.steps, "steps"):
        loss, _ = step_loss(step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    head.cpu()
    weight = first.weight.detach() / std
    bias = first.bias.detach() - weight @ mean
    arrays = (weight.T, bias, second.weight.detach().T, second.bias.detach())
    return Location(*(np.ascontiguousarray(array.numpy()) for array in arrays))


def _loss(told: torch.Tensor, truth: torch.Tensor, box_weight: float, process: Process) -> torch.Tensor:
    """Patches of the object alone are asked how far it reaches."""
    covered = truth[:, 0]
    odds = nn.functional.binary_cross_entropy_with_logits(told[:, 0], covered)
    missed = (told[:, 1:] - truth[:, 1:]).abs().sum(1)
    return odds + box_weight * (covered * missed).sum() / process.share_of(covered.sum())


def _drawn(views: Sequence[Views], training: bool, count: int, recipe: LocationRecipe) -> list[View]:
    """About `count` views of training or of held-out shapes, one shape after the other."""
    records = [(v, r) for v in views for r in v.records if (r.split == "train") == training]
    if not records or not count:
        return []
    rng = np.random.default_rng(recipe.seed)
    chosen = [records[i] for i in rng.permutation(len(records))[:count]]
    each = -(-count // len(chosen))
    shown = [with_neighbours(v.load(r), recipe.neighbours, rng)[:each] for v, r in chosen]
    return [view for some in shown for view in some][:count]


def _patches(shown: Sequence[View], describe: Describe, process: Process, batch: int = 8) -> np.ndarray:
    """(n, rows, columns, width) float32 final tokens; each process describes some of the pictures."""
    own = process.even(np.arange(len(shown)))[process.own]
    pace, patches = Pace(len(own), "pictures described"), []
    for start in range(0, len(own), batch):
        images = np.stack([shown[i].image for i in own[start : start + batch]])
        patches.append(describe(images.astype(np.float32) / np.float32(255)).patches)
        pace.step(len(images))
    return process.gather(torch.from_numpy(np.concatenate(patches))).numpy()[: len(shown)]


def _truth(view: View, rows: int) -> np.ndarray:
    """(rows, rows, 5) float32 what the head should say of a view."""
    found = extent(view.mask)
    reach = np.zeros((rows, rows, 4))
    if found is not None:
        reach = (np.array(found) / SIDE - centres(rows)) * (-1, -1, 1, 1)
    return np.concatenate([_covered(view, rows)[..., None], reach], -1, dtype=np.float32)


def _covered(view: View, rows: int) -> np.ndarray:
    """(rows, rows) float32 from 0, a patch without the object, to 1, one with enough of it."""
    # Patches of a glance are no whole number of the mask's pixels.
    mask = Image.fromarray(view.mask.astype(np.float32))
    return np.minimum(1, np.asarray(mask.resize((rows, rows), Image.Resampling.BOX)) / ENOUGH)


def _overlap(one: Box | None, other: Box | None) -> float:
    """Intersection over union of two boxes; 1 where neither is there."""
    if one is None or other is None:
        return float(one is other)
    return float(overlaps(np.array([one, other]))[0, 1])
