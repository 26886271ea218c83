"""Pictures and texts in one space: what every contrastive pair here can do, whoever trained it.

`bundled.py` runs the small pair that `latentmapper train clip` makes, on ONNX Runtime alone. OpenAI's CLIP
needs PyTorch, so its two backends live in the half that makes models (`make/models/clip_*.py`).
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentmapper.features.clip.templates import TEMPLATES, prompts

__all__ = ["DIMENSION", "TEMPLATES", "Clip", "embed_category", "prompts", "unit"]

DIMENSION = 512
"""Length of an embedding: that of OpenAI's ViT-B/32 and RN101, and of the bundled pair."""


class Clip(Protocol):
    """A contrastive pair of an image encoder and a text encoder (Radford et al., arXiv:2103.00020)."""

    name: str
    """Which pair it is, as a record beside what was computed with it."""
    sha256: str
    """Of its weights: what was computed with them is kept under it."""

    def images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of pictures (n, 224, 224, 3) float32 RGB 0..1, row 0 on top."""
        ...

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of texts; the cosine to a picture's vector says how well they fit."""
        ...


def embed_category(clip: Clip, text: str) -> NDArray[np.float32]:
    """(512,) the unit mean of a text's embeddings behind all 74 templates (the paper's Table C1)."""
    return unit(clip.texts(prompts(text)).mean(axis=0, keepdims=True))[0]


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Vectors (n, d) with length 1."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)
