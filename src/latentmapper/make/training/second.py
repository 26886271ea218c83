"""Training a second mapper for a finished pack."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.features import efficientnet
from latentmapper.make.dataset.features import Features
from latentmapper.make.models.second import Likelihood, PlaceReader
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned, sha256_of_features
from latentmapper.make.training.loop import train
from latentmapper.make.training.pictures import Pictures, check_alike, draw
from latentmapper.make.training.recipe import check_begun, save_recipe
from latentmapper.make.training.second_run import (
    LIKELIHOOD,
    NAME,
    Details,
    SecondRecipe,
    known_places,
    require_closer,
    sha256_of_codes,
)
from latentmapper.pack import Pack

FITTED = 4096
"""Pictures that mean and spread of features are found from, at most."""
AT_ONCE = 256
"""Pictures that are looked at together where nothing is learned."""
HELD_OUT, ENOUGH = 12, 48
"""One group of so many is held out, or more of them, up to every second, until there are enough."""
FEWEST = 3
"""Held-out groups that errors are measured on, for each component that is told, at least."""


class SecondTask:
    """See `loop.Task`. Targets of pictures are places (P, k) of what they show, in place of codes."""

    def __init__(
        self,
        reader: PlaceReader,
        pictures: Pictures,
        recipe: SecondRecipe,
        process: Process = ALONE,
    ) -> None:
        self.process, self.recipe, self.pictures, self.places = process, recipe, pictures, pictures.codes
        self.held_out = held_out(pictures.groups)
        chance = np.where(self.held_out, 0, pictures.chance)
        self.chance = chance / chance.sum()
        taught = np.flatnonzero(~self.held_out)
        reader.fit(pictures.descriptors[taught[:: -(-len(taught) // FITTED)]])
        self.reader = reader.to(process.device)
        self.modules: dict[str, torch.nn.Module] = {"second": self.reader}
        parameters = self.reader.parameters()
        self.optimizers: list[Any] = [
            torch.optim.AdamW(parameters, recipe.rate, weight_decay=recipe.weight_decay)
        ]
        self.state: dict[str, float] = {}

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Squared distance between told and true places: where there is doubt, the mean of what may be."""
        rng = np.random.default_rng((self.recipe.seed, step))
        rows = draw(self.chance, rng, self.recipe.batch * self.process.world)[self.process.own]
        torch.manual_seed(self.process.seed(hash((self.recipe.seed, step))))
        self.reader.train()
        truth = self.places[rows].to(self.process.device)
        return (self._place(rows) - truth).square().sum(1).mean(), {}

    def validate(self, step: int) -> dict[str, float]:
        """The same of held-out groups, for what their places differ from the mean of all known ones."""
        rows = np.flatnonzero(self.held_out)
        apart = (self.told(rows) - self.places[rows]).square().sum()
        self.state = {"held_out_unexplained": float(apart / self.places[rows].square().sum())}
        return dict(self.state)

    def told(self, rows: NDArray[np.integer]) -> torch.Tensor:
        """(n, k) where pictures are put, without anything left out."""
        self.reader.eval()
        parts = np.split(rows, range(AT_ONCE, len(rows), AT_ONCE))
        with torch.no_grad():
            return torch.cat([self._place(part).cpu() for part in parts])

    def likelihood(self, known: NDArray[np.float32]) -> Likelihood:
        """How likely shapes at known places (N, k) are, by errors on held-out pictures: what the network has
        learned it knows far better than what it sees for the first time."""
        rows = np.flatnonzero(self.held_out)
        return Likelihood.fitted(self.told(rows).numpy(), self.places[rows].numpy(), known)

    def _place(self, rows: NDArray[np.integer]) -> torch.Tensor:
        return self.reader(self.pictures.descriptors[rows].to(self.process.device).float())


def held_out(groups: Sequence[str]) -> NDArray[np.bool_]:
    """(n,) which pictures nothing is learned from, by the groups of what they show: whole ones."""
    shuffled = sorted(set(groups), key=lambda group: files.sha256_of_bytes(group.encode()))
    every = max(2, min(HELD_OUT, len(shuffled) // ENOUGH))
    chosen = set(shuffled[every - 1 :: every])
    return np.array([group in chosen for group in groups])


def train_second(
    pack: Pack,
    features: Sequence[Features],
    folder: Path,
    recipe: SecondRecipe,
    process: Process = ALONE,
) -> None:
    """Train into `folder`; resumes what is there.

    Parameters
    ----------
    pack : what it is for; pictures of shapes that the pack does not know are passed over.

    Raises
    ------
    StoreError : no training pictures of shapes that the pack knows, or too few groups of them, features of
        another kind or network, or the folder holds a run on others.
    RecipeError : the pack does not look closer, or draws nothing towards known shapes, or these are all
        alike, or the folder holds a run that was begun with another recipe, but for its steps and batch.
    """
    check_alike(features)
    require_closer(pack)
    _check_features(features[0])
    check_begun(recipe, folder / "recipe.json", free=("steps", "batch"))
    learned = {"features": sha256_of_features(features), "codes": sha256_of_codes(pack)}
    check_learned(learned, folder)
    if checkpoint.step_of(folder) >= recipe.steps and (folder / LIKELIHOOD).is_file():
        return
    known = known_places(pack, recipe.shape.components)
    task = _task(pack, features, known, recipe, process)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LIKELIHOOD).unlink(missing_ok=True)  # of weights that are about to change
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
        numbers = *task.pictures.layout, known.shape[1], len(known), int((~task.held_out).sum())
        details = Details(efficientnet.KIND, str(features[0].network), learned["codes"], *numbers)
        files.write_json(folder / NAME, asdict(details))
    train(task, folder, recipe.steps, final_rate=0.0, check_every=250, warmup=recipe.warmup)
    if process.is_main:
        files.write_arrays(folder / LIKELIHOOD, vars(task.likelihood(known)))


def _task(
    pack: Pack,
    features: Sequence[Features],
    known: NDArray[np.float32],
    recipe: SecondRecipe,
    process: Process,
) -> SecondTask:
    """What is trained, on pictures of shapes that the pack knows, which lie at `known` (N, k)."""
    place_of = dict(zip(pack.shape_names, known, strict=True))
    pictures = Pictures.gather(
        [*features], "train", place_of, recipe.parametric_share, balance=recipe.balance
    )
    if not len(pictures.codes):
        raise StoreError(f"{features[0].folder}: no training pictures of shapes that pack {pack.id} knows")
    torch.manual_seed(recipe.seed)
    reader = PlaceReader(recipe.shape, *pictures.layout, known.shape[1])
    task = SecondTask(reader, pictures, recipe, process)
    _check_held_out(task, known.shape[1])
    return task


def _check_features(features: Features) -> None:
    """Raise `StoreError` for features that are not of the network that ships."""
    if features.kind != efficientnet.KIND:
        told = f"features of --kind {features.kind}, not {efficientnet.KIND}"
        raise StoreError(f"{features.folder} holds {told}")
    if features.network != efficientnet.SHA256:
        raise StoreError(f"{features.folder} holds features of another network; make them anew")


def _check_held_out(task: SecondTask, components: int) -> None:
    """Raise `StoreError` where too few shapes tell how far off the network is."""
    groups = set(task.pictures.groups)
    told = {task.pictures.groups[row] for row in np.flatnonzero(task.held_out)}
    if len(told) < FEWEST * components:
        wanted = f"{2 * FEWEST * components} for --shape.components {components}"
        raise StoreError(f"the pictures show {len(groups)} groups of shapes; a second mapper wants {wanted}")
