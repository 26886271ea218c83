"""ResNet-18 (He et al., CVPR 2016) as the picture encoder of baselines: any width, from scratch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from latentmapper.errors import RecipeError

STAGES = (1, 2, 4, 8)
"""Channels of the four stages of two blocks each, in widths; every stage but the first halves the picture."""
FEWEST = 32
"""Pixels that become one place of the last stage, where the stem does not pool."""
NARROWEST = 8
"""Channels of the first stage at least: of fewer, convolutions of 1 x 1 with a stride write past their memory
(PyTorch 2.13 on processors with AVX2 and no AVX-512)."""


@dataclass(frozen=True)
class ResNetShape:
    """Sizes of a picture encoder."""

    width: int = 64
    """Channels of the first stage; the last has eight times as many."""
    side: int = 224
    """Side of the picture that it reads, pixels."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the stages cannot halve."""
        if self.width < NARROWEST:
            raise RecipeError(f"--shape.encoder.width must be at least {NARROWEST}, not {self.width}")
        if self.side < FEWEST or self.side % FEWEST:
            raise RecipeError(f"--shape.encoder.side must be a multiple of {FEWEST}, not {self.side}")


class Block(nn.Module):
    """Two 3 x 3 convolutions and a way past them (b, before, h, w) -> (b, after, h / stride, w / stride)."""

    def __init__(self, before: int, after: int, stride: int, activation: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False),
            nn.BatchNorm2d(after),
            activation(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.past: nn.Module = nn.Identity()
        if stride > 1 or before != after:
            self.past = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        self.activation = activation()

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.activation(self.residual(pictures) + self.past(pictures))


def resnet18(
    channels: int, width: int, pooled: bool, activation: Callable[[], nn.Module] = nn.ReLU
) -> nn.Sequential:
    """The network up to its last stage: pictures (b, channels, s, s) -> (b, 8 width, s / n, s / n).

    n is 32 where the stem pools, as it was published, and 16 where it does not, as IM-NET has it.
    """
    layers: list[nn.Module] = [
        nn.Conv2d(channels, width, 7, 2, 3, bias=False),
        nn.BatchNorm2d(width),
        activation(),
    ]
    if pooled:
        layers.append(nn.MaxPool2d(3, 2, 1))
    before = width
    for stage, times in enumerate(STAGES):
        after = times * width
        layers.append(Block(before, after, 2 if stage else 1, activation))
        layers.append(Block(after, after, 1, activation))
        before = after
    network = nn.Sequential(*layers)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def averaged_encoder(shape: ResNetShape, channels: int, code_size: int) -> nn.Sequential:
    """ResNet-18 as published: pictures (b, channels, side, side) -> codes (b, code_size), of any size."""
    body = resnet18(channels, shape.width, pooled=True)
    return nn.Sequential(
        body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(STAGES[-1] * shape.width, code_size)
    )
