"""The autoencoder that compresses a picture's descriptor before the mapper reads it (paper, section 3.2).

Labels are names, not amounts. They may enter as numbers, as the paper has it; one-hot; or as an embedding
summed over patches, factorised: a one-hot map of 4,235 patches in 20 clusters would need 87 million weights.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from latentmapper.make.models.sizes import require_sizes


@dataclass(frozen=True)
class AutoencoderShape:
    """Sizes of an autoencoder."""

    entry: Literal["numbers", "one-hot", "embedding"] = "numbers"
    """How a descriptor enters: as numbers, standardised; its labels one-hot; or labels (or their shares) as
    an embedding summed over patches."""
    hidden: int = 1024
    """Width of the one hidden layer of each side."""
    bottleneck: int = 512
    """Length of the compressed descriptor."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the networks cannot have."""
        require_sizes(self, "hidden", "bottleneck")


class LabelEmbedding(nn.Module):
    """Shares of K labels at T places (b, T, K) -> their embeddings summed over places (b, width).

    The embedding of label k at place t is the product of one vector of the place and one of the label, so
    there are (T + K) width weights instead of T K width.
    """

    def __init__(self, places: int, labels: int, width: int) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(places, width) * places**-0.5)
        self.labels = nn.Parameter(torch.randn(labels, width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, shares: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return ((shares.transpose(1, 2) @ self.places) * self.labels).sum(1) + self.bias


class LabelScores(nn.Module):
    """The way back: (b, width) -> scores of K labels at T places (b, T, K)."""

    def __init__(self, places: int, labels: int, width: int) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(places, width) * width**-0.5)
        self.labels = nn.Parameter(torch.randn(labels, width))
        self.bias = nn.Parameter(torch.full((places, labels), 1 / labels))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return ((hidden[:, None] * self.labels) @ self.places.T).transpose(1, 2) + self.bias


class Encoder(nn.Module):
    """Descriptor (b, T * C) -> its compressed form (b, bottleneck).

    Parameters
    ----------
    shape : sizes.
    places, numbers : how a descriptor is laid out: T places of C numbers each.
    labels : K where the numbers are labels, 0 where they are amounts.
    """

    def __init__(self, shape: AutoencoderShape, places: int, numbers: int, labels: int) -> None:
        super().__init__()
        self.shape, self.places, self.labels = shape, places, labels
        self.offset: torch.Tensor
        self.scale: torch.Tensor
        self.register_buffer("offset", torch.zeros(places * numbers))
        self.register_buffer("scale", torch.ones(places * numbers))
        length = places * (labels if shape.entry == "one-hot" else numbers)
        if shape.entry == "embedding":
            self.enter: nn.Module = LabelEmbedding(places, labels or numbers, shape.hidden)
        else:
            self.enter = nn.Linear(length, shape.hidden)
        self.leave = nn.Linear(shape.hidden, shape.bottleneck)

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.leave(torch.relu(self.enter(self.entered(descriptor))))

    def entered(self, descriptor: torch.Tensor) -> torch.Tensor:
        """What the first layer reads, and the decoder gives back: (b, n), or (b, T, K) for an embedding."""
        if self.shape.entry == "numbers":
            return (descriptor - self.offset) * self.scale
        shares = descriptor.reshape(descriptor.shape[0], self.places, -1)
        if self.labels:
            shares = (shares == torch.arange(self.labels, device=shares.device)).float()
        return shares if self.shape.entry == "embedding" else shares.flatten(1)

    def fit(self, mean: torch.Tensor, std: torch.Tensor) -> None:
        """Standardise numbers by those (T * C,) of the training pictures."""
        self.offset.copy_(mean)
        self.scale.copy_(1 / std.clamp_min(1e-3))

    def matrices(self) -> list[torch.Tensor]:
        """The weights (rows, n) that may be stored as int8."""
        first = self.enter.places if isinstance(self.enter, LabelEmbedding) else self.enter.weight
        assert isinstance(first, torch.Tensor)
        return [first, self.leave.weight]


class Decoder(nn.Module):
    """The compressed form (b, bottleneck) -> what the encoder's first layer read; only needed in training."""

    def __init__(self, encoder: Encoder, length: int) -> None:
        super().__init__()
        shape = encoder.shape
        self.enter = nn.Linear(shape.bottleneck, shape.hidden)
        if isinstance(encoder.enter, LabelEmbedding):
            labels = len(encoder.enter.labels)
            self.leave: nn.Module = LabelScores(encoder.places, labels, shape.hidden)
        else:
            self.leave = nn.Linear(shape.hidden, length)

    def forward(self, compressed: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.leave(torch.relu(self.enter(compressed)))
