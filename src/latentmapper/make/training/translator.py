"""Training a CycleGAN between photos and renders, and writing the half of it that translates photos.

Losses, rates and augmentation are the published ones (Zhu et al., ICCV 2017, sections 3 and 4); 3D-LatentMapper
(section 3.3 and 4.3) trains with them for 500 epochs in batches of 8.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from latentmapper import files
from latentmapper.errors import PackError, StoreError
from latentmapper.make.dataset.unpaired import Unpaired, keep_unpaired
from latentmapper.make.dataset.views import Views
from latentmapper.make.descriptors import AGREEMENT
from latentmapper.make.models.cyclegan import Pool, discriminator, generator
from latentmapper.make.models.export import export_onnx
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import load_recipe, save_recipe
from latentmapper.make.training.translator_recipe import TranslatorRecipe
from latentmapper.photo.translation import FORMAT, GRAPH, MEAN, PICTURES, STD, TRANSLATED, header_of
from latentmapper.runtime import Session

SHOWN = 6
"""Pictures of each side on a sample sheet."""
SHEETS = "samples"
LARGER = 286 / 256
"""Side of a kept picture, in sides of what is cut out of it at random."""


class TranslatorTask:
    """See `loop.Task`. Real pictures are photos; synthetic ones, renders."""

    def __init__(self, pictures: Unpaired, recipe: TranslatorRecipe, folder: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.pictures, self._folder = recipe, pictures, folder
        shape = recipe.shape
        self.to_synthetic, self.to_real = generator(shape), generator(shape)
        self.judge_synthetic, self.judge_real = discriminator(shape), discriminator(shape)
        self._synthetic_pool, self._real_pool = (Pool(shape.side, recipe.pool) for _ in range(2))
        makers = [*self.to_synthetic.parameters(), *self.to_real.parameters()]
        self._judges = [*self.judge_synthetic.parameters(), *self.judge_real.parameters()]
        self.optimizers: list[Any] = [
            torch.optim.Adam(parameters, recipe.rate, (recipe.beta1, 0.999))
            for parameters in (makers, self._judges)
        ]
        self.state: dict[str, float] = {}

    @property
    def modules(self) -> Mapping[str, torch.nn.Module]:
        """The networks, and the pools, which a resumed run has to know as well."""
        return {
            "to_synthetic": self.to_synthetic,
            "to_real": self.to_real,
            "judge_synthetic": self.judge_synthetic,
            "judge_real": self.judge_real,
            "synthetic_pool": self._synthetic_pool,
            "real_pool": self._real_pool,
        }

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """The losses of the generators and of the discriminators, whose gradients do not mix.

        One backward pass and both optimisers do what the published code does in two turns: the discriminators
        are shown fakes that were made before the generators' step, and do not change before their own.
        """
        rng = np.random.default_rng((self.recipe.seed, step))
        photos, renders = self._batch(step, rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            self._let_judges_learn(False)
            renders_made, photos_made = self.to_synthetic(photos), self.to_real(renders)
            convinced = _lsgan(self.judge_synthetic(renders_made), 1) + _lsgan(
                self.judge_real(photos_made), 1
            )
            cycle = _l1(self.to_real(renders_made), photos) + _l1(self.to_synthetic(photos_made), renders)
            identity = _l1(self.to_synthetic(renders), renders) + _l1(self.to_real(photos), photos)
            self._let_judges_learn(True)
            earlier_renders = self._synthetic_pool.exchange(renders_made, rng)
            earlier_photos = self._real_pool.exchange(photos_made, rng)
            judged = self._judged(self.judge_synthetic, renders, earlier_renders)
            judged = judged + self._judged(self.judge_real, photos, earlier_photos)
        weight = self.recipe.cycle_weight
        made = convinced + weight * (cycle + self.recipe.identity_weight * identity)
        parts = {"convinced": convinced, "cycle": cycle, "identity": identity, "judged": judged}
        return made + judged, {name: float(part.detach()) for name, part in parts.items()}

    def validate(self, step: int) -> dict[str, float]:
        """Nothing to measure, but a sheet to look at: photo, its translation, and back; render, and back."""
        photos, renders = (
            _tensor(_middle(pictures[_spread(len(pictures))], self.recipe.shape.side))
            for pictures in (self.pictures.photos, self.pictures.renders)
        )
        with torch.no_grad():
            translated, real = self.to_synthetic(photos), self.to_real(renders)
            rows = [photos, translated, self.to_real(translated), renders, real, self.to_synthetic(real)]
        sheet = np.concatenate([np.concatenate(list(_pixels(row)), 1) for row in rows])
        (self._folder / SHEETS).mkdir(exist_ok=True)
        with files.replacing(self._folder / SHEETS / f"step-{step:07d}.png") as temporary:
            Image.fromarray(sheet).save(temporary, "PNG")
        return {}

    def _batch(self, step: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Photos in the order of a pass, renders at random; both (b, 3, side, side), cut and mirrored at random."""
        batch, photos = self.recipe.batch, self.pictures.photos
        epoch, part = divmod(step, self.recipe.steps_per_epoch(len(photos)))
        order = np.random.default_rng((self.recipe.seed, epoch, 1)).permutation(len(photos))
        rows = order[part * batch :][:batch]
        drawn = rng.integers(len(self.pictures.renders), size=len(rows))
        return self._augmented(photos[rows], rng), self._augmented(self.pictures.renders[drawn], rng)

    def _augmented(self, pictures: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
        side = self.recipe.shape.side
        cut = []
        for picture in pictures:
            top, left = rng.integers(picture.shape[0] - side + 1, size=2)
            window = picture[top : top + side, left : left + side]
            cut.append(window[:, ::-1] if rng.random() < 0.5 else window)
        return _tensor(np.stack(cut))

    def _let_judges_learn(self, learning: bool) -> None:
        for parameter in self._judges:
            parameter.requires_grad_(learning)

    @staticmethod
    def _judged(judge: torch.nn.Module, real: torch.Tensor, fakes: torch.Tensor) -> torch.Tensor:
        return 0.5 * (_lsgan(judge(real), 1) + _lsgan(judge(fakes), 0))


def train_translator(
    photos: Path, views: Sequence[Views], folder: Path, recipe: TranslatorRecipe
) -> Unpaired:
    """Train, or go on, and write `translator.onnx` with what describes it into `folder`.

    Raises
    ------
    StoreError : the folder holds a run of another recipe or of other pictures, or there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "recipe.json").is_file():
        if load_recipe(TranslatorRecipe, folder / "recipe.json") != recipe:
            raise StoreError(f"{folder} holds a run of another recipe; choose another folder")
    pictures = keep_unpaired(photos, views, folder, round(LARGER * recipe.shape.side))
    save_recipe(recipe, folder / "recipe.json")
    task = TranslatorTask(pictures, recipe, folder)
    epoch = recipe.steps_per_epoch(len(pictures.photos))
    steps = recipe.steps or recipe.epochs * epoch
    train(task, folder, steps, 1.0, save_every=recipe.save_every, check_every=epoch, falling=recipe.falling)
    export_translator(task.to_synthetic, folder / GRAPH, recipe, pictures)
    return pictures


def export_translator(
    network: torch.nn.Module, path: Path, recipe: TranslatorRecipe, pictures: Unpaired
) -> None:
    """Write the generator of renders as ONNX, and what describes it beside it.

    Raises
    ------
    PackError : ONNX Runtime gives other pictures than the module.
    """
    side = recipe.shape.side
    network.eval()
    export_onnx(network, torch.zeros(1, 3, side, side), path, PICTURES, [TRANSLATED])
    shown = _tensor(_middle(pictures.photos[:1], side))
    with torch.no_grad():
        truth = network(shown).numpy()
    worst = float(np.abs(Session(path).run([TRANSLATED], **{PICTURES: shown.numpy()})[0] - truth).max())
    if not worst <= AGREEMENT:
        raise PackError(f"the translator differs between ONNX Runtime and PyTorch by {worst:.2g}")
    learned = {"photos": len(pictures.photos), "renders": len(pictures.renders), "sha256": pictures.sha256}
    pixels = {"side": side, "mean": MEAN, "std": STD}
    header = {"format": FORMAT, "sha256": files.sha256_of_file(path), **pixels, "trained_on": learned}
    files.write_json(header_of(path), header)


def _lsgan(scores: torch.Tensor, wanted: float) -> torch.Tensor:
    return (scores.float() - wanted).square().mean()


def _l1(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return (made.float() - wanted).abs().mean()


def _spread(count: int) -> np.ndarray:
    """Row numbers of what a sheet shows, evenly from all; some twice where there are few."""
    return np.linspace(0, count - 1, SHOWN).astype(int)


def _middle(pictures: np.ndarray, side: int) -> np.ndarray:
    """The middle (n, side, side, 3) of larger squares."""
    start = (pictures.shape[1] - side) // 2
    return pictures[:, start : start + side, start : start + side]


def _tensor(pictures: np.ndarray) -> torch.Tensor:
    """(n, s, s, 3) uint8 -> (n, 3, s, s) float32 -1..1."""
    pixels = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2)
    return ((pixels / 255 - MEAN) / STD).contiguous()


def _pixels(pictures: torch.Tensor) -> np.ndarray:
    """The way back."""
    levels = (pictures * STD + MEAN).clamp(0, 1) * 255
    return levels.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
