"""A small adapter that moves tokens of photos until nothing tells them from those of renders.

A residual bottleneck, as in Houlsby et al. (2019), at the place where a closer look's tokens leave the frozen
ViT. It learns against a discriminator with least squares (Mao et al., 2017), as in adversarial adaptation
(Tzeng et al., 2017), and is held to moving tokens little. What it learned from photos belongs to them: it
enters no pack.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from alignment import Values
from torch import Tensor, nn


@dataclass(frozen=True)
class Adversarial:
    """Fits an adapter of pictures (1 + patches, w) to photos and renders."""

    steps: int = 1500
    batch: int = 8
    """Photos, and as many renders, in a step."""
    width: int = 32
    """Channels of the bottleneck."""
    kept: float = 1.0
    """Weight of how far tokens are moved, squared, in variances of all tokens."""
    rate: float = 3e-4
    seed: int = 0

    def __call__(self, photos: Sequence[Values], renders: Sequence[Values]) -> "Adapted":
        """What moves photos to where the renders lie."""
        torch.manual_seed(self.seed)
        rng = np.random.default_rng(self.seed)
        scale = Scale.of(np.stack(photos[:: max(1, len(photos) // 100)]))
        adapter, judge = Adapter(len(scale.mean), self.width), Judge(len(scale.mean))
        movers, judges = (
            torch.optim.Adam(net.parameters(), self.rate, (0.5, 0.99)) for net in (adapter, judge)
        )
        for _ in range(self.steps):
            photo, render = (scale(self._drawn(pictures, rng)) for pictures in (photos, renders))
            moved = adapter(photo)
            _step(judges, judge(moved.detach()).square().mean() + (judge(render) - 1).square().mean())
            _step(movers, (judge(moved) - 1).square().mean() + self.kept * (moved - photo).square().mean())
        return Adapted(adapter, scale)

    def _drawn(self, pictures: Sequence[Values], rng: np.random.Generator) -> Tensor:
        chosen = [pictures[number] for number in rng.integers(len(pictures), size=self.batch)]
        return torch.from_numpy(np.stack(chosen).astype(np.float32))


@dataclass(frozen=True)
class Scale:
    """Tokens in their own deviations."""

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, pictures: Values) -> "Scale":
        """That of the tokens of pictures (n, 1 + patches, w)."""
        tokens = torch.from_numpy(pictures.reshape(-1, pictures.shape[-1]).astype(np.float32))
        return cls(tokens.mean(0), tokens.std(0) + 1e-6)

    def __call__(self, tokens: Tensor) -> Tensor:
        return (tokens - self.mean) / self.deviation

    def back(self, scaled: Tensor) -> Tensor:
        """The tokens again."""
        return scaled * self.deviation + self.mean


class Adapter(nn.Module):
    """A residual bottleneck over every token (..., w); to begin with it moves none."""

    def __init__(self, tokens: int, width: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(tokens, width), nn.Linear(width, tokens)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens, moved."""
        return tokens + self.up(nn.functional.gelu(self.down(tokens)))


class Judge(nn.Module):
    """Tells of every token, beside the mean of its picture, how much it looks rendered."""

    def __init__(self, tokens: int, width: int = 128) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2 * tokens, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))

    def forward(self, tokens: Tensor) -> Tensor:
        """(b, 1 + patches) of tokens (b, 1 + patches, w): 1 rendered, 0 photographed."""
        around = tokens.mean(dim=1, keepdim=True).expand_as(tokens)
        return self.layers(torch.cat([tokens, around], dim=-1))[..., 0]


@dataclass(frozen=True)
class Adapted:
    """Moves the tokens of a picture by an adapter that has learned."""

    adapter: Adapter
    scale: Scale

    def __call__(self, tokens: Values) -> Values:
        """Tokens (1 + patches, w), moved."""
        with torch.inference_mode():
            return self.scale.back(self.adapter(self.scale(torch.from_numpy(tokens)))).numpy()


def _step(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
