"""The pictures that a mapper trains on: descriptors in memory with the codes of what they show."""

from dataclasses import dataclass

import numpy as np
import torch

from latentmapper.make.dataset.features import Features


@dataclass(frozen=True)
class Pictures:
    """Descriptors of P pictures and what they show."""

    descriptors: torch.Tensor
    """(P, T * C) float16."""
    codes: torch.Tensor
    """(P, d) float32 target codes."""
    shapes: list[str]
    """P ids of the shapes shown."""
    chance: np.ndarray
    """(P,) how likely each picture is drawn; sums to 1."""
    layout: tuple[int, int]
    """T tokens of C channels each."""

    @classmethod
    def gather(
        cls,
        features: list[Features],
        split: str,
        targets: dict[str, np.ndarray],
        parametric_share: float,
        at_most: int = 0,
    ) -> "Pictures":
        """All pictures of a split whose shape has a target code.

        Parameters
        ----------
        targets : shape id -> code (d,).
        parametric_share : share of draws that show parametric shapes, where there are others.
        at_most : keep about this many, evenly chosen; 0 keeps all.
        """
        rows = [(f, r) for f in features for r in f.records if r.split == split and r.shape in targets]
        arrays = [f.load(r) for f, r in rows]
        shapes = [r.shape for (_, r), a in zip(rows, arrays, strict=True) for _ in range(len(a))]
        tokens = features[0].grid ** 2 + 2
        if not arrays:
            return cls(torch.zeros(0, tokens), torch.zeros(0, 1), [], np.zeros(0), (tokens, 1))
        descriptors = torch.from_numpy(np.concatenate(arrays))
        keep = np.arange(0, len(shapes), max(1, len(shapes) // at_most) if at_most else 1)
        shapes = [shapes[i] for i in keep]
        codes = torch.from_numpy(np.stack([targets[shape] for shape in shapes]))
        chance = _chances(shapes, parametric_share)
        return cls(descriptors[keep], codes, shapes, chance, (tokens, descriptors.shape[1] // tokens))

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Row numbers of `count` random pictures."""
        return np.searchsorted(np.cumsum(self.chance), rng.random(count) * 0.999999)

    def statistics(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and standard deviation (C,) of the channels over all tokens."""
        some = self.descriptors[:: max(1, len(self.descriptors) // 2000)].float().view(-1, self.layout[1])
        return some.mean(0), some.std(0) + 1e-3


def _chances(shapes: list[str], parametric_share: float) -> np.ndarray:
    """Every picture alike within its kind; the two kinds share the draws as asked."""
    parametric = np.array([shape.startswith("parametric") for shape in shapes])
    if parametric.all() or not parametric.any():
        return np.full(len(shapes), 1 / len(shapes))
    share = np.where(
        parametric, parametric_share / parametric.sum(), (1 - parametric_share) / (~parametric).sum()
    )
    return share
