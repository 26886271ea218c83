"""Training the bundled contrastive pair: a projection of the frozen ViT, and a small text network."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from latentmapper.features.clip import TEMPLATES
from latentmapper.features.clip.bundled import EMBEDDING, FORMAT, HEADER, IDS, IMAGE, TEXT, TOKENS
from latentmapper.features.clip.words import Words
from latentmapper.files import sha256_of_bytes, sha256_of_file, sha256_of_json, write_json
from latentmapper.make.dataset.captions import Captions
from latentmapper.make.models.contrast import ImageProjection, TextNetwork, contrast
from latentmapper.make.models.export import export_onnx
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import check_learned, keep_learned
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import check_begun, require_least, save_recipe

HOTTEST = math.log(100)
"""Of the logarithm of the inverse temperature, as CLIP bounds it."""


@dataclass(frozen=True)
class ContrastRecipe:
    """How the pair is trained."""

    hidden: int = 512
    """Width of the image projection's hidden layer."""
    width: int = 128
    """Channels of a word in the text network."""
    length: int = 40
    """Words of a text that are read, template included."""
    dropout: float = 0.1
    """Of both networks."""
    noise: float = 0.1
    """On the ViT's tokens in training, in standard deviations of their channels."""
    templates: float = 0.7
    """Share of texts that stand behind one of the paper's 74 templates."""
    temperature: float = 0.07
    """At the start; it is learned."""
    rate: float = 2e-3
    """AdamW's rate; it falls along a cosine to nothing."""
    weight_decay: float = 0.1
    """AdamW's weight decay."""
    batch: int = 256
    """Pairs in a step."""
    steps: int = 2000
    """Optimisation steps."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on counts out of range."""
        require_least(self, batch=2, steps=1, seed=0)


def train_contrast(
    captions: Captions, vit_sha256: str, folder: Path, recipe: ContrastRecipe, process: Process = ALONE
) -> None:
    """Train, or go on, and write the pair into `folder`, where `BundledClip` opens it.

    Raises
    ------
    RecipeError : the folder holds a run that was begun with another recipe.
    StoreError : the folder holds a run on other features or descriptions.
    """
    kept = folder / "recipe.json"
    check_begun(recipe, kept)
    learned = _learned(captions, vit_sha256)
    check_learned(learned, folder)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, kept)
        keep_learned(learned, folder)
    task = _Task(captions, recipe, process)
    train(task, folder, recipe.steps, 0.0, log_every=100, save_every=1000, clip=1.0)
    if process.is_main:
        _write(task, captions, vit_sha256, folder)


def _learned(captions: Captions, vit_sha256: str) -> dict[str, str]:
    """What decides a batch: what a picture shows, and what is said of it."""
    pictures = captions.tokens.tobytes(), captions.shape.tobytes(), captions.training.tobytes()
    said = [captions.texts, [one.attributes["category"] for one in captions.described]]
    return {
        "features": sha256_of_bytes(vit_sha256.encode(), *pictures),
        "descriptions": sha256_of_bytes(sha256_of_json(said).encode(), captions.fits.tobytes()),
    }


class _Task:
    """Pairs of the training shapes: each category as often as the others, a shape, a picture, a sentence."""

    def __init__(self, captions: Captions, recipe: ContrastRecipe, process: Process) -> None:
        torch.manual_seed(recipe.seed)
        self._captions, self._recipe, self.process = captions, recipe, process
        self.words = Words.of([*captions.texts, *TEMPLATES], recipe.length)
        pictures = captions.of(training=True)
        mean, std = _statistics(captions.tokens[pictures])
        self.image = ImageProjection(mean, std, recipe.hidden, recipe.dropout, recipe.noise)
        known = len(self.words.vocabulary) + 2
        self.text = TextNetwork(known, recipe.width, recipe.dropout)
        self.scale = nn.ParameterDict({"log": nn.Parameter(torch.tensor(-math.log(recipe.temperature)))})
        for module in self.modules.values():
            module.to(process.device)
        self.optimizers: list[Any] = [
            torch.optim.AdamW(
                [one for module in self.modules.values() for one in module.parameters()],
                recipe.rate,
                weight_decay=recipe.weight_decay,
            )
        ]
        self.state: dict[str, float] = {}
        order = pictures[np.argsort(captions.shape[pictures], kind="stable")]
        self._shapes, starts = np.unique(captions.shape[order], return_index=True)
        self._pictures = np.split(order, starts[1:])
        self._chances = _chances([captions.described[i].attributes["category"] for i in self._shapes])

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """Both networks and their temperature."""
        return {"image": self.image, "text": self.text, "scale": self.scale}

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Of one batch, all of whose texts are compared with all its pictures."""
        process, device = self.process, self.process.device
        # Dropout and noise must not depend on the steps that an earlier process ran.
        torch.manual_seed(process.seed(hash((self._recipe.seed, step))))
        rng = np.random.default_rng([self._recipe.seed, step])
        rows = rng.choice(len(self._shapes), self._recipe.batch * process.world, p=self._chances)
        pictures = np.array([rng.choice(self._pictures[row]) for row in rows])
        shapes = self._shapes[rows]
        said = np.array([rng.choice(np.flatnonzero(self._captions.fits[shape])) for shape in shapes])
        for module in self.modules.values():
            module.train()
        tokens = self._captions.tokens[pictures[process.own]].astype(np.float32)
        seen = process.gather(self.image(torch.from_numpy(tokens).to(device)))
        ids = self.words([self._framed(text, rng) for text in said])
        ids = ids[process.own, : (ids > 0).sum(axis=1).max()]
        read = process.gather(self.text(torch.from_numpy(ids).to(device)))
        scale = self.scale["log"].clamp(max=HOTTEST)
        fits = torch.from_numpy(self._captions.fits[np.ix_(shapes, said)]).to(device)
        return contrast(seen, read, scale, fits), {"scale": float(scale.detach().exp())}

    def validate(self, step: int) -> dict[str, float]:
        """Nothing: what counts is measured on the finished pair."""
        return {}

    def _framed(self, text: int, rng: np.random.Generator) -> str:
        """A text, behind a template or alone."""
        plain = self._captions.texts[text]
        return f"{rng.choice(TEMPLATES)} {plain}" if rng.random() < self._recipe.templates else plain


def _statistics(tokens: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """(d,) mean and standard deviation of tokens (n, d)."""
    mean, std = tokens.mean(0, dtype=np.float64), tokens.astype(np.float32).std(0)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(std) + 1e-4


def _chances(categories: list[str]) -> np.ndarray:
    """(n,) of each shape, so that every category comes as often."""
    names, inverse, counts = np.unique(categories, return_inverse=True, return_counts=True)
    return 1 / (len(names) * counts[inverse])


def _write(task: _Task, captions: Captions, vit_sha256: str, folder: Path) -> None:
    """Both graphs, and the header last."""
    for module in task.modules.values():
        module.cpu().eval()
    export_onnx(task.image, torch.zeros(1, captions.tokens.shape[1]), folder / IMAGE, TOKENS, [EMBEDDING])
    export_onnx(task.text, torch.ones(1, task.words.length), folder / TEXT, IDS, [EMBEDDING])
    # Features of wholes and of closer looks show the same shapes.
    shapes = {captions.described[row].id for row in np.flatnonzero(captions.training)}
    header = {
        "format": FORMAT,
        "name": "latentmapper contrastive pair (not OpenAI's CLIP)",
        "vit_sha256": vit_sha256,
        "length": task.words.length,
        "trained_on": {"shapes": len(shapes), "texts": len(captions.texts)},
        "files": {name: sha256_of_file(folder / name) for name in (IMAGE, TEXT)},
        "words": list(task.words.vocabulary),
    }
    write_json(folder / HEADER, header)
