"""A second mapper: from what a classifier of photographs sees in a picture to a code of a finished pack.

It regresses where the shape lies among the pack's known ones, in their principal components under the pack's
own metric: what the eye does not see of codes is not learned.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.make.models.sizes import require_dropped, require_sizes

LEAST = 1e-3
"""Components that vary less than this, for what the first one does, are left out."""


@dataclass(frozen=True)
class SecondShape:
    """Sizes of a second mapper, and what it does without in training."""

    whole: int = 384
    """Numbers that the mean of all places is narrowed to."""
    cell: int = 96
    """The same of each cell."""
    hidden: int = 512
    """Width of the hidden layer."""
    dropout: float = 0.3
    """Dropout of features, and before both of the last layers."""
    cell_dropout: float = 0.25
    """Share of cells left out in training."""
    noise: float = 0.1
    """Noise on the features in training, in their standard deviations."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes and shares out of range."""
        require_sizes(self, "whole", "cell", "hidden")
        require_dropped(self, "dropout", "cell_dropout")


@dataclass(frozen=True)
class Components:
    """The principal components of known codes, as a pack measures how far apart surfaces lie."""

    mean: NDArray[np.float32]
    """(d,) of the codes."""
    steps: NDArray[np.float32]
    """(k, d) what a step of 1 along each component adds to a code."""
    places: NDArray[np.float32]
    """(N, k) where the known codes lie; the sum of their squares is N."""

    @classmethod
    def of(cls, bank: NDArray[np.float32], directions: NDArray[np.float32]) -> "Components":
        """Of codes (N, d), by the (d, d) `directions` of a `Projection`; all alike, they have none."""
        mean = bank.mean(axis=0)
        apart = (bank - mean).astype(np.float64)
        left, strengths, _ = np.linalg.svd(apart @ directions.astype(np.float64), full_matrices=False)
        rounding = 1e-6 * np.linalg.norm(bank @ directions)
        kept = strengths > max(LEAST * strengths[0], rounding)
        left, strengths = left[:, kept], strengths[kept]
        # In one unit for all components: together they vary by 1.
        unit = np.sqrt(np.square(strengths).sum() / len(bank)) if kept.any() else 1.0
        steps = (left.T @ apart) * unit / strengths[:, None]
        return cls(mean, steps.astype(np.float32), (left * strengths / unit).astype(np.float32))


class SecondMapper(nn.Module):
    """Features (b, T * C) -> code (b, d).

    Parameters
    ----------
    shape : sizes.
    tokens, channels : how features are laid out: the mean of all places, then cells, of C channels each.
    components, code_size : k of `Components`, and d.
    """

    def __init__(
        self, shape: SecondShape, tokens: int, channels: int, components: int, code_size: int
    ) -> None:
        super().__init__()
        self.mean: torch.Tensor
        self.spread: torch.Tensor
        self.code_mean: torch.Tensor
        self.steps: torch.Tensor
        self.shape, self.tokens, self.channels = shape, tokens, channels
        self.register_buffer("mean", torch.zeros(tokens, channels))
        self.register_buffer("spread", torch.ones(tokens, channels))
        self.register_buffer("code_mean", torch.zeros(code_size))
        self.register_buffer("steps", torch.zeros(components, code_size))
        self.narrow_whole = nn.Linear(channels, shape.whole)
        self.narrow_cell = nn.Linear(channels, shape.cell)
        width = shape.whole + (tokens - 1) * shape.cell
        drop = nn.Dropout(shape.dropout)
        dense = nn.Linear(width, shape.hidden), nn.GELU()
        self.read = nn.Sequential(nn.LayerNorm(width), nn.GELU(), drop, *dense, drop)
        self.tell = nn.Linear(shape.hidden, components)
        nn.init.zeros_(self.tell.weight)
        nn.init.zeros_(self.tell.bias)

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.code_mean + self.place(descriptor) @ self.steps

    def place(self, descriptor: torch.Tensor) -> torch.Tensor:
        """(b, k) where the shape lies along the components."""
        seen = (descriptor.view(-1, self.tokens, self.channels) - self.mean) / self.spread
        if self.training:
            seen = self._hidden_in_part(seen)
        cells = self.narrow_cell(seen[:, 1:]).flatten(1)
        return self.tell(self.read(torch.cat([self.narrow_whole(seen[:, 0]), cells], 1)))

    def fit(self, descriptors: torch.Tensor, components: Components) -> None:
        """Find mean and spread over training features (n, T * C), any float type, and take components."""
        seen = descriptors.float().view(-1, self.tokens, self.channels)
        self.mean.copy_(seen.mean(0))
        # Channels that hardly ever fire would be blown up where they do.
        self.spread.copy_(seen.std(0, correction=0) + 0.05)
        self.code_mean.copy_(torch.from_numpy(components.mean))
        self.steps.copy_(torch.from_numpy(components.steps))

    def _hidden_in_part(self, seen: torch.Tensor) -> torch.Tensor:
        """Noisy features without some cells and numbers, as training shows them."""
        shown = torch.rand(*seen.shape[:2], 1, device=seen.device) >= self.shape.cell_dropout
        shown[:, 0] = True
        noisy = seen + self.shape.noise * torch.randn_like(seen)
        return nn.functional.dropout(noisy, self.shape.dropout) * shown
