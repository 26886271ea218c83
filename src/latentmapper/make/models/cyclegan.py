"""CycleGAN (Zhu et al., "Unpaired image-to-image translation using cycle-consistent adversarial networks",
ICCV 2017).

A generator for each direction, of residual blocks as Johnson et al. have them, and a discriminator for each
side, which looks at overlapping patches of 70 x 70 pixels. Pictures are (b, 3, h, w) float32 -1..1.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from latentmapper.errors import RecipeError

HALVINGS = 2
"""How often a generator halves its picture before the residual blocks."""
SMALLEST = 32
"""Side below which a discriminator cannot score: it halves a picture thrice, and takes two pixels off."""
SPREAD = 0.02
"""Standard deviation of weights at the start."""
POOL = 50
"""Earlier fakes that a discriminator may be shown again."""


@dataclass(frozen=True)
class CycleGanShape:
    """Sizes of the networks; the defaults are the published ones."""

    side: int = 256
    """Side of a picture, pixels; 6 blocks are published for 128, 9 for 256."""
    width: int = 64
    """Channels of a generator at the picture's own size; four times as many in its blocks."""
    blocks: int = 9
    """Residual blocks of a generator."""
    critic_width: int = 64
    """Channels of a discriminator's first layer; eight times as many before its last."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the networks cannot have."""
        if self.side < SMALLEST or self.side % 2**HALVINGS:
            raise RecipeError(
                f"--shape.side must be a multiple of {2**HALVINGS}, at least {SMALLEST}, not {self.side}"
            )
        if min(self.width, self.blocks, self.critic_width) < 1:
            raise RecipeError("--shape.width, --shape.blocks and --shape.critic-width must be at least 1")


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions and a way past them: (b, width, h, w) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU()),
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)),
        )

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return hidden + self.residual(hidden)


def generator(shape: CycleGanShape) -> nn.Sequential:
    """c7s1-64, d128, d256, R256 x blocks, u128, u64, c7s1-3 in the paper's words, for a width of 64."""
    width = shape.width
    layers: list[nn.Module] = [
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, width, 7),
        nn.InstanceNorm2d(width),
        nn.ReLU(),
    ]
    for _ in range(HALVINGS):
        layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()]
        width *= 2
    layers += [ResidualBlock(width) for _ in range(shape.blocks)]
    for _ in range(HALVINGS):
        up = nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1)
        layers += [up, nn.InstanceNorm2d(width // 2), nn.ReLU()]
        width //= 2
    return _started(nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()))


def discriminator(shape: CycleGanShape) -> nn.Sequential:
    """C64-C128-C256-C512 and one score a patch: (b, 3, h, w) -> (b, 1, h / 8 - 2, w / 8 - 2), real near 1."""
    width = shape.critic_width
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for stride in (2, 2, 1):
        layers += [nn.Conv2d(width, 2 * width, 4, stride, 1), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2)]
        width *= 2
    return _started(nn.Sequential(*layers, nn.Conv2d(width, 1, 4, 1, 1)))


class Pool(nn.Module):
    """Fakes of earlier steps, so that a discriminator does not forget what it has seen through (section 4).

    A module, so that checkpoints hold it.

    Parameters
    ----------
    side : of the pictures.
    size : how many are kept; 0 keeps none.
    """

    def __init__(self, side: int, size: int = POOL) -> None:
        super().__init__()
        self.kept: torch.Tensor
        self.count: torch.Tensor
        self.register_buffer("kept", torch.zeros(size, 3, side, side))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def exchange(self, fakes: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        """What to show in place of `fakes` (b, 3, side, side), of the same shape.

        Until the pool is full each fake is kept and shown. After that every second one, by chance, is kept in
        the place of an earlier one, which is shown instead.
        """
        shown = fakes.detach().clone()
        size = len(self.kept)
        for i, fake in enumerate(shown.clone()):
            if int(self.count) < size:
                self.kept[int(self.count)] = fake
                self.count += 1
            elif size and rng.random() < 0.5:
                place = rng.integers(size)
                shown[i] = self.kept[place]
                self.kept[place] = fake
        return shown


def _started(network: nn.Sequential) -> nn.Sequential:
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, SPREAD)
            assert module.bias is not None
            nn.init.zeros_(module.bias)
    return network
