"""What OpenAI's CLIP models see of a picture, and how their answers leave."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.features.clip import unit

# Of the pictures that CLIP was trained on; printed in its repository.
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def pixels(images: NDArray[np.float32]) -> torch.Tensor:
    """(n, 3, 224, 224) normalised, of pictures (n, 224, 224, 3) float32 RGB 0..1."""
    normalised = (images - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(normalised.transpose(0, 3, 1, 2), np.float32))


class FromPictures(nn.Module):
    """An image encoder with the normalisation inside: pictures (n, 224, 224, 3) RGB 0..1 to (n, 512)."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.mean: torch.Tensor
        self.std: torch.Tensor
        self.register_buffer("mean", torch.tensor(MEAN))
        self.register_buffer("std", torch.tensor(STD))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """(n, 512), of any length."""
        return self.encoder(((pictures - self.mean) / self.std).permute(0, 3, 1, 2))


def units(vectors: torch.Tensor) -> NDArray[np.float32]:
    """(n, d) unit vectors."""
    return unit(vectors.float().numpy())
