"""The losses of a CycleGAN between photos and renders (Zhu et al., ICCV 2017, sections 3 and 4)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from latentmapper import files
from latentmapper.make.dataset.unpaired import Unpaired
from latentmapper.make.models.cyclegan import Pool, discriminator, generator
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.translator_recipe import TranslatorRecipe
from latentmapper.photo.translation import MEAN, STD

SHOWN = 6
"""Pictures of each side on a sample sheet."""
SHEETS = "samples"


class CycleGanTask:
    """See `loop.Task`. Real pictures are photos; synthetic ones, renders."""

    def __init__(
        self, pictures: Unpaired, recipe: TranslatorRecipe, folder: Path, process: Process = ALONE
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.pictures, self._folder, self.process = recipe, pictures, folder, process
        shape = recipe.shape
        self.to_synthetic, self.to_real = generator(shape), generator(shape)
        self.judge_synthetic, self.judge_real = discriminator(shape), discriminator(shape)
        self._synthetic_pool, self._real_pool = (Pool(shape.side, recipe.pool) for _ in range(2))
        for module in self.modules.values():
            module.to(process.device)
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
        with torch.autocast(self.process.device.type, torch.bfloat16, enabled=self.recipe.bfloat16):
            self._let_judges_learn(False)
            renders_made, photos_made = self.to_synthetic(photos), self.to_real(renders)
            parts = self._made(photos, renders, renders_made, photos_made)
            self._let_judges_learn(True)
            shown_renders = self._exchange(self._synthetic_pool, renders_made, rng)
            shown_photos = self._exchange(self._real_pool, photos_made, rng)
            judged = self._judged(self.judge_synthetic, renders, shown_renders)
            judged = judged + self._judged(self.judge_real, photos, shown_photos)
        weight = self.recipe.cycle_weight
        kept = parts["cycle"] + self.recipe.identity_weight * parts["identity"]
        loss = parts["convinced"] + weight * kept + judged
        return loss, {name: float(part.detach()) for name, part in (parts | {"judged": judged}).items()}

    def validate(self, step: int) -> dict[str, float]:
        """Nothing to measure, but a sheet to look at: photo, its translation, and back; render, and back."""
        photos, renders = (
            tensor(middle(pictures[_spread(len(pictures))], self.recipe.shape.side)).to(self.process.device)
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
        """Photos in the order of a pass, and renders at random: each (b, 3, side, side), augmented."""
        photos, renders = self.pictures.photos, self.pictures.renders
        batch = self.recipe.batch * self.process.world
        epoch, part = divmod(step, self.recipe.steps_per_epoch(len(photos), self.process.world))
        order = np.random.default_rng((self.recipe.seed, epoch, 1)).permutation(len(photos))
        rows = self.process.even(order[part * batch :][:batch])
        drawn = rng.integers(len(renders), size=len(rows))
        return self._augmented(photos, rows, rng), self._augmented(renders, drawn, rng)

    def _augmented(self, pictures: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
        """Windows of the own ones of some larger pictures, half of all mirrored."""
        side, larger = self.recipe.shape.side, pictures.shape[1]
        places = [(*rng.integers(larger - side + 1, size=2), rng.random() < 0.5) for _ in rows]
        cut = []
        for row, (top, left, mirrored) in [*zip(rows, places, strict=True)][self.process.own]:
            window = pictures[row, top : top + side, left : left + side]
            cut.append(window[:, ::-1] if mirrored else window)
        return tensor(np.stack(cut)).to(self.process.device)

    def _exchange(self, pool: Pool, fakes: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        """What a discriminator is shown in place of fakes. All processes keep the same pool of all fakes."""
        return pool.exchange(self.process.gather(fakes.detach()), rng)[self.process.own]

    def _made(
        self,
        photos: torch.Tensor,
        renders: torch.Tensor,
        renders_made: torch.Tensor,
        photos_made: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """The losses of the generators: of convincing, of coming back, and of leaving their own side be."""
        convinced = _lsgan(self.judge_synthetic(renders_made), 1) + _lsgan(self.judge_real(photos_made), 1)
        cycle = _l1(self.to_real(renders_made), photos) + _l1(self.to_synthetic(photos_made), renders)
        identity = _l1(self.to_synthetic(renders), renders) + _l1(self.to_real(photos), photos)
        return {"convinced": convinced, "cycle": cycle, "identity": identity}

    def _let_judges_learn(self, learning: bool) -> None:
        for parameter in self._judges:
            parameter.requires_grad_(learning)

    @staticmethod
    def _judged(judge: torch.nn.Module, real: torch.Tensor, fakes: torch.Tensor) -> torch.Tensor:
        """The loss of a discriminator."""
        return 0.5 * (_lsgan(judge(real), 1) + _lsgan(judge(fakes), 0))


def _lsgan(scores: torch.Tensor, wanted: float) -> torch.Tensor:
    return (scores.float() - wanted).square().mean()


def _l1(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return (made.float() - wanted).abs().mean()


def _spread(count: int) -> np.ndarray:
    """Row numbers of what a sheet shows, evenly from all; some twice where there are few."""
    return np.linspace(0, count - 1, SHOWN).astype(int)


def middle(pictures: np.ndarray, side: int) -> np.ndarray:
    """The middle (n, side, side, 3) of larger squares."""
    start = (pictures.shape[1] - side) // 2
    return pictures[:, start : start + side, start : start + side]


def tensor(pictures: np.ndarray) -> torch.Tensor:
    """(n, s, s, 3) uint8 -> (n, 3, s, s) float32 -1..1."""
    pixels = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2)
    return ((pixels / 255 - MEAN) / STD).contiguous()


def _pixels(pictures: torch.Tensor) -> np.ndarray:
    """The way back."""
    levels = (pictures * STD + MEAN).clamp(0, 1) * 255
    return levels.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
