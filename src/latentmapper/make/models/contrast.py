"""The two small networks of the bundled contrastive pair."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentmapper.features.clip import DIMENSION
from latentmapper.features.clip.words import PAD


class ImageProjection(nn.Module):
    """Class and mean token of a frozen ViT to an embedding.

    Parameters
    ----------
    mean, std : (d,) of the tokens that it is trained on.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Tensor, std: Tensor, hidden: int, dropout: float, noise: float) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.noise = noise
        self.layers = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(len(mean), hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, DIMENSION),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """(b, d) to (b, 512) unit vectors."""
        x = (tokens - self.mean) / self.std
        if self.training and self.noise:
            x = x + self.noise * torch.randn_like(x)
        return functional.normalize(self.layers(x), dim=1)


class TextNetwork(nn.Module):
    """Words to an embedding: runs of three words, averaged, then two layers.

    Descriptions are short and say one thing after the other: what stands beside a word matters ("high wing",
    "two propellers"), what stands far from it hardly does. A transformer takes ten times as long to train.

    Parameters
    ----------
    words : ids that there are, padding and unknown included.
    """

    def __init__(self, words: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, width, padding_idx=PAD)
        self.runs = nn.Conv1d(width, 2 * width, 3, padding=1)
        self.layers = nn.Sequential(
            nn.LayerNorm(2 * width),
            nn.Dropout(dropout),
            nn.Linear(2 * width, 2 * width),
            nn.GELU(),
            nn.Linear(2 * width, DIMENSION),
        )

    def forward(self, ids: Tensor) -> Tensor:
        """(b, length) ids, of any number type, to (b, 512) unit vectors."""
        ids = ids.long()
        there = (ids != PAD).float()
        runs = functional.gelu(self.runs(self.embedding(ids).transpose(1, 2))) * there[:, None]
        mean = runs.sum(2) / there.sum(1, keepdim=True).clamp_min(1)
        return functional.normalize(self.layers(mean), dim=1)


def contrast(pictures: Tensor, texts: Tensor, scale: Tensor, fits: Tensor) -> Tensor:
    """Symmetric InfoNCE in which a picture may fit several texts, and a text several pictures.

    Radford et al., arXiv:2103.00020, figure 3. Shapes share texts, so a text that is true of another picture
    of the batch is no negative of it: such a pair is left out of the sums, as if it were not in the batch.

    Parameters
    ----------
    pictures, texts : (b, d) unit vectors; text i was drawn for picture i
    scale : () the logarithm of the inverse temperature
    fits : (b, b) whether text j is true of picture i
    """
    own = torch.arange(len(fits), device=fits.device)
    others = fits & (own[:, None] != own)
    logits = (scale.exp() * pictures @ texts.T).masked_fill(others, -torch.inf)
    return 0.5 * (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own))
