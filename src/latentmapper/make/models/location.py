"""The head that finds the object in a picture, as it is trained."""

import numpy as np
import torch
from torch import Tensor, nn

from latentmapper.photo.location import TOLD, Location

LEAST = 1e-4
"""Added to deviations: channels that never change are no information, but must not divide by nothing."""


class LocationHead(nn.Module):
    """A patch's token to what a `Location` says of it; tokens are scaled by what was seen of them.

    Parameters
    ----------
    width : of a token.
    hidden : width of the hidden layer.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("std", torch.ones(width))
        self.first, self.second = nn.Linear(width, hidden), nn.Linear(hidden, TOLD)

    def fit(self, tokens: Tensor) -> None:
        """Scale by the mean and deviation of tokens (n, width)."""
        self.mean.copy_(tokens.mean(0))
        self.std.copy_(tokens.std(0) + LEAST)

    def forward(self, tokens: Tensor, noise: Tensor) -> Tensor:
        """(n, 5) of tokens (n, width); the noise, as large, is in deviations."""
        seen = (tokens - self.mean) / self.std + noise
        return self.second(torch.relu(self.first(seen)))

    def location(self) -> Location:
        """What packs hold: the scaling is part of the first layer."""
        weight = self.first.weight / self.std
        bias = self.first.bias - weight @ self.mean
        arrays = (weight.T, bias, self.second.weight.T, self.second.bias)
        return Location(*(np.ascontiguousarray(array.detach().cpu().numpy()) for array in arrays))
