"""IM-NET (Chen and Zhang, "Learning implicit fields for generative shape modeling", CVPR 2019).

A perceptron reads a point and a shape's code, and says whether the point is inside the shape. It is a
baseline, which `latentmapper evaluate` sets packs against. Sizes are those of the authors' later version:
codes of 256 numbers, no skip connections, and an end that is clipped instead of squashed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.models.baseline import encode
from latentmapper.make.models.resnet import STAGES, ResNetShape, resnet18
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh

SLOPE = 0.02
"""Of all leaky ReLUs below zero."""
HALF = 0.5
"""Coordinates inside the network are canonical ones times this, as published."""
DEPTH = 0.2
"""Distance, canonical units, between occupancies 0 and 1 as the extraction is told it: what is surely inside
or outside is farther from the surface than a cell of the coarsest lattice reaches, all else is near it."""
PART = 1 << 15
"""Points whose occupancies are found at a time."""


@dataclass(frozen=True)
class ImNetShape:
    """Sizes of an IM-NET; the defaults are the published ones."""

    code_size: int = 256
    """Length of the code."""
    hidden: int = 1024
    """Width of the decoder's first three layers; three more have a half, a quarter and an eighth of it."""
    channels: int = 32
    """Channels of the voxel encoder's first layer; each of the next three has twice as many."""
    encoder: ResNetShape = field(default_factory=lambda: replace(ResNetShape(), side=128))
    """The picture encoder."""
    gain: float = 0.64
    """The decoder's weights begin at this over the square root of a layer's inputs: 0.02 at 1,024 of them, as
    published."""
    place_gain: float = 0.0
    """The same of the weights of coordinates, of which there are three; 0 takes them for some of the first
    layer's many inputs, as published: narrow layers then learn for long without seeing where a point is."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the layers cannot have."""
        if self.hidden < 8 or self.hidden % 8:
            raise RecipeError(f"--shape.hidden must be a multiple of 8, not {self.hidden}")
        if min(self.code_size, self.channels) < 1:
            raise RecipeError("--shape.code-size and --shape.channels must be at least 1")
        if self.gain <= 0 or self.place_gain < 0:
            raise RecipeError("--shape.gain must be above 0, and --shape.place-gain not below")


class VoxelEncoder(nn.Module):
    """Voxels (b, 64, 64, 64), 0 or 1 -> codes (b, code_size) between 0 and 1."""

    def __init__(self, shape: ImNetShape) -> None:
        super().__init__()
        widths = (1, *(times * shape.channels for times in STAGES))
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            convolution = nn.Conv3d(before, after, 4, 2, 1, bias=False)
            layers += [convolution, nn.InstanceNorm3d(after), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv3d(widths[-1], shape.code_size, 4))
        for module in self.layers:
            if isinstance(module, nn.Conv3d):
                nn.init.xavier_uniform_(module.weight)

    def forward(self, voxels: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return torch.sigmoid(self.layers(voxels[:, None]).flatten(1).float())


class ImplicitDecoder(nn.Module):
    """Points (b, n, 3), canonical frame, and codes (b, code_size) -> occupancies (b, n), 1 inside, else 0."""

    def __init__(self, shape: ImNetShape) -> None:
        super().__init__()
        width = shape.hidden
        self.place = nn.Linear(3, width, bias=False)
        self.code = nn.Linear(shape.code_size, width)
        widths = (width, width, width, width // 2, width // 4, width // 8)
        layers: list[nn.Module] = [nn.LeakyReLU(SLOPE)]
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after), nn.LeakyReLU(SLOPE)]
        self.hidden = nn.Sequential(*layers)
        self.leave = nn.Linear(widths[-1], 1)
        self._begin(shape)

    def forward(self, points: torch.Tensor, codes: torch.Tensor, bfloat16: bool = False) -> torch.Tensor:
        """See the class; hidden products may be bfloat16, coordinates never are.

        The first layer reads point and code together; the code's part of it is the same for all points.
        """
        rows = self.place(points * HALF) + self.code(codes)[:, None]
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=bfloat16):
            rows = self.hidden(rows)
        value = self.leave(rows.float())[..., 0]
        return torch.maximum(torch.minimum(value, value * 0.01 + 0.99), value * 0.01)

    def _begin(self, shape: ImNetShape) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                first = module in (self.place, self.code)
                inputs = 3 + shape.code_size if first else module.in_features
                nn.init.normal_(module.weight, std=shape.gain * inputs**-0.5)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        if shape.place_gain:
            nn.init.normal_(self.place.weight, std=shape.place_gain * 3**-0.5)


class ConvolvedEncoder(nn.Module):
    """IM-NET's ResNet: grey pictures (b, 1, side, side) -> codes (b, code_size) between 0 and 1."""

    def __init__(self, shape: ResNetShape, code_size: int) -> None:
        super().__init__()
        activation: Callable[[], nn.Module] = partial(nn.LeakyReLU, SLOPE)
        width = STAGES[-1] * shape.width
        self.layers = nn.Sequential(
            resnet18(1, shape.width, pooled=False, activation=activation),
            nn.Conv2d(width, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            activation(),
            nn.Conv2d(width, code_size, shape.side // 32),
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return torch.sigmoid(self.layers(pictures).flatten(1).float())


class OccupancyField:
    """An IM-NET's shape as the extraction takes it: a field that is negative inside.

    Its zero surface is where the occupancy is 0.5; elsewhere it is no true distance, but falls with the
    occupancy.
    """

    symmetric = False

    def __init__(self, decoder: ImplicitDecoder, code: torch.Tensor) -> None:
        self._decoder, self._code = decoder, code[None]

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """(n,) float32 at points (n, 3), canonical frame."""
        with torch.no_grad():
            parts = torch.from_numpy(np.ascontiguousarray(points, np.float32)).split(PART)
            occupancy = torch.cat([self._decoder(part[None], self._code)[0] for part in parts])
        return (DEPTH * (0.5 - occupancy)).numpy()


class ImNet(nn.Module):
    """Voxels to a code, grey pictures to a code, codes to occupancies; see `Baseline`."""

    closed = True

    def __init__(self, shape: ImNetShape) -> None:
        super().__init__()
        self.shape = shape
        self.solids = VoxelEncoder(shape)
        self.pictures = ConvolvedEncoder(shape.encoder, shape.code_size)
        self.decoder = ImplicitDecoder(shape)

    def code(self, picture: np.ndarray) -> np.ndarray:
        """See `Baseline`."""
        return encode(self.pictures, picture, self.shape.encoder.side, grey=True)

    def mesh(self, code: np.ndarray, resolution: int) -> Mesh:
        """See `Baseline`: extracted and cleaned as a pack's."""
        field = OccupancyField(self.decoder, torch.tensor(code))
        return clean(extract(field, resolution))[0]
