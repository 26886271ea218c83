"""Training the autoencoder of descriptors (paper, section 3.2), and reading what it has learned."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.clustering import CLUSTERS
from latentmapper.make.dataset.features import Features
from latentmapper.make.models.autoencoder import AutoencoderShape, Decoder, Encoder
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned, sha256_of_features
from latentmapper.make.training.loop import train
from latentmapper.make.training.pictures import Pictures, check_alike
from latentmapper.make.training.recipe import (
    check_begun,
    load_recipe,
    require_least,
    require_positive,
    save_recipe,
)
from latentmapper.make.training.record import read_record

NAME = "autoencoder.json"


@dataclass(frozen=True)
class AutoencoderRecipe:
    """How an autoencoder is trained."""

    shape: AutoencoderShape = field(default_factory=AutoencoderShape)
    """Sizes, and how descriptors enter."""
    epochs: int = 100
    """Passes over the pictures."""
    batch: int = 64
    """Pictures in a step."""
    rate: float = 1e-3
    """Adam's rate."""
    held_out: int = 500
    """Held-out pictures that it is measured on after each pass."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        require_least(self, epochs=1, batch=1, held_out=0, seed=0)
        require_positive(self, "rate")


RECIPES = {
    "default": AutoencoderRecipe(AutoencoderShape(entry="embedding")),
    "autoencoder-paper": AutoencoderRecipe(),
}
"""The paper's gives labels to the network as numbers; default embeds them, or the shares of soft labels."""


class AutoencoderTask:
    """See `loop.Task`."""

    def __init__(
        self,
        encoder: Encoder,
        train_set: Pictures,
        held_out: Pictures,
        recipe: AutoencoderRecipe,
        process: Process = ALONE,
    ) -> None:
        self.process = process
        self.recipe, self.encoder, self.train_set, self.held_out = recipe, encoder, train_set, held_out
        if recipe.shape.entry == "numbers":
            encoder.fit(*_statistics(train_set))
        length = encoder.entered(train_set.descriptors[np.arange(1)].float()).numel()
        self.decoder = Decoder(encoder, length).to(process.device)
        encoder.to(process.device)
        self.modules: dict[str, torch.nn.Module] = {"encoder": encoder, "decoder": self.decoder}
        trained = [*encoder.parameters(), *self.decoder.parameters()]
        self.optimizers: list[Any] = [torch.optim.Adam(trained, recipe.rate)]
        self.state: dict[str, float] = {}

    @property
    def steps_per_epoch(self) -> int:
        """Steps in a pass over the pictures."""
        return math.ceil(len(self.train_set.codes) / (self.recipe.batch * self.process.world))

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Mean squared difference between what entered and what comes back."""
        epoch, part = divmod(step, self.steps_per_epoch)
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(self.train_set.codes))
        size = self.recipe.batch * self.process.world
        rows = self.process.even(order[part * size :][:size])[self.process.own]
        entered, back = self._pass(self.train_set, rows)
        return (back - entered).square().mean(), {}

    def validate(self, step: int) -> dict[str, float]:
        """The same of held-out pictures, and the share of labels that come back right."""
        if not len(self.held_out.codes):
            return {}
        errors, right = [], []
        with torch.no_grad():
            for rows in self.held_out.parts(64):
                entered, back = self._pass(self.held_out, rows)
                errors.append((back - entered).square().flatten(1).mean(1))
                right.append(self._right(rows, entered, back))
        accuracy = {"label_accuracy": float(torch.cat(right).mean())} if self.encoder.labels else {}
        return {"held_out_error": float(torch.cat(errors).mean())} | accuracy

    def _pass(self, pictures: Pictures, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        descriptors = pictures.descriptors[rows].to(self.process.device).float()
        return self.encoder.entered(descriptors), self.decoder(self.encoder(descriptors))

    def _right(self, rows: np.ndarray, entered: torch.Tensor, back: torch.Tensor) -> torch.Tensor:
        """(b,) share of places whose label is the one that comes back, by rounding or the highest score."""
        if not self.encoder.labels:
            return torch.zeros(len(rows))
        if self.recipe.shape.entry == "numbers":
            told = (back / self.encoder.scale + self.encoder.offset).round().cpu()
            return (told == self.held_out.descriptors[rows]).float().mean(1)
        places = (len(rows), self.encoder.places, self.encoder.labels)
        return (back.view(places).argmax(-1) == entered.view(places).argmax(-1)).float().mean(1)


def train_autoencoder(
    features: list[Features], folder: Path, recipe: AutoencoderRecipe, process: Process = ALONE
) -> None:
    """Train into `folder`; resumes what is there. What was clustered keeps its clusters beside the run.

    Raises
    ------
    StoreError : no training pictures, features of several kinds, or the folder holds a run on other features.
    RecipeError : descriptors cannot enter as the recipe says, or the folder holds a run that was begun with
        another recipe, but for its epochs and batch.
    """
    check_alike(features)
    labels = _labels(features[0], recipe.shape)
    known = {record.shape: np.zeros(1, np.float32) for each in features for record in each.records}
    train_set = Pictures.gather(features, "train", known, 0.5)
    held_out = Pictures.gather(features, "validation", known, 0.5, at_most=recipe.held_out)
    if not len(train_set.codes):
        raise StoreError(f"{features[0].folder} describes no training pictures")
    torch.manual_seed(recipe.seed)
    encoder = Encoder(recipe.shape, *train_set.layout, labels)
    task = AutoencoderTask(encoder, train_set, held_out, recipe, process)
    check_begun(recipe, folder / "recipe.json", free=("epochs", "batch"))
    learned = {"features": sha256_of_features(features)}
    check_learned(learned, folder)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
        files.write_json(folder / NAME, _details(features[0], train_set, labels))
        keep_clusters(features[0], folder)
    epoch = task.steps_per_epoch
    train(task, folder, recipe.epochs * epoch, final_rate=1.0, check_every=epoch, epoch=epoch)


def load_encoder(folder: Path) -> tuple[Encoder, dict[str, Any]]:
    """The trained encoder of a run, frozen, and what its `autoencoder.json` says.

    Raises
    ------
    StoreError : there is no run in the folder, or one that is damaged.
    """
    if not (folder / checkpoint.NAME).is_file() or not (folder / NAME).is_file():
        raise StoreError(f"no autoencoder in {folder}; make one with: latentmapper train autoencoder")
    details = read_record(folder / NAME, "places", "numbers", "labels")
    shape = load_recipe(AutoencoderRecipe, folder / "recipe.json").shape
    encoder = Encoder(shape, details["places"], details["numbers"], details["labels"])
    checkpoint.load(folder, {"encoder": encoder}, [])
    return encoder.eval().requires_grad_(False), details


def copy_encoder(source: Path, target: Path) -> None:
    """Copy what `load_encoder` reads."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (checkpoint.NAME, NAME, "recipe.json"):
        files.copy(source / name, target / name)


def keep_clusters(features: Features, folder: Path) -> None:
    """Copy the clusters of features, if they have any, beside what is trained on them."""
    if features.bag:
        files.copy(local(features.folder / CLUSTERS), folder / CLUSTERS)


def _labels(features: Features, shape: AutoencoderShape) -> int:
    """K of labels, 0 for amounts. Raises `RecipeError` where they cannot enter as the shape says."""
    labelled = features.kind == "labels"
    if shape.entry == "one-hot" and not labelled:
        raise RecipeError(f"--shape.entry one-hot is for labels; {features.folder} holds {features.kind}")
    if shape.entry == "embedding" and not features.bag:
        fix = "choose --shape.entry numbers"
        raise RecipeError(
            f"--shape.entry embedding is for labels; {features.folder} holds {features.kind}: {fix}"
        )
    return len(features.bag.clusters.centroids) if labelled and features.bag else 0


def _details(features: Features, train_set: Pictures, labels: int) -> dict[str, Any]:
    places, numbers = train_set.layout
    return {
        "places": places,
        "numbers": numbers,
        "labels": labels,
        "meaning": features.meaning,
        "pictures": len(train_set.codes),
    }


def _statistics(pictures: Pictures) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation (T * C,) of all descriptors."""

    def parts() -> Iterator[torch.Tensor]:
        return (pictures.descriptors[rows].double() for rows in pictures.parts(512))

    count = len(pictures.codes)
    mean = torch.stack([part.sum(0) for part in parts()]).sum(0) / count
    variance = torch.stack([(part - mean).square().sum(0) for part in parts()]).sum(0) / count
    return mean.float(), variance.sqrt().float()
