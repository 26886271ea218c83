"""Pictures beside the sentences that are true of them: what a contrastive pair is trained on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError, UsageError
from latentmapper.make.dataset.descriptions.describe import Description, read_descriptions
from latentmapper.make.dataset.descriptions.sentences import phrase
from latentmapper.make.dataset.features import Features
from latentmapper.places import Place

FIGURE = re.compile(r"\d\.\d")
"""A measured ratio. A picture hardly tells 1.3 from 1.4, and either would be a negative of the other."""


@dataclass(frozen=True)
class Captions:
    """Described pictures of shapes, and what is said of the shapes.

    Rows of `fits` are shapes, columns texts; `shape` leads from a picture to its row.
    """

    tokens: NDArray[np.float16]
    """(n, 2 width) class and mean token of every picture."""
    shape: NDArray[np.int64]
    """(n,) the shape it shows."""
    texts: list[str]
    """All sentences without figures, article and full stop, and the names of the categories, each once."""
    fits: NDArray[np.bool_]
    """(shapes, texts) where a text is said of a shape."""
    described: list[Description]
    """What is known of each shape."""
    training: NDArray[np.bool_]
    """(shapes,) whether it is trained on."""

    def of(self, training: bool) -> NDArray[np.int64]:
        """Indices of the pictures of training shapes, or of held-out ones."""
        return np.flatnonzero(self.training[self.shape] == training)


def read_captions(features: Sequence[Features], stores: Sequence[Place]) -> Captions:
    """Join pooled features with the descriptions of the shapes that they show; shapes without are left out.

    Raises
    ------
    StoreError : a store without descriptions, or none of the shapes has one.
    UsageError : features of hidden tokens, or of different ViTs.
    """
    _require_alike(features)
    known = {shape: one for store in stores for shape, one in read_descriptions(store).items()}
    tokens, shape, described, training = [], [], [], []
    for folder in features:
        for record in folder.records:
            if record.shape in known:
                made = np.array(folder.load(record)[:, : 2 * folder.channels])
                tokens.append(made)
                shape.append(np.full(len(made), len(described)))
                described.append(known[record.shape])
                training.append(record.split == "train")
    if not any(training):
        raise StoreError("none of the shapes to train on has both pictures and a description")
    said = [_said(one) for one in described]
    texts = sorted({text for some in said for text in some})
    place = {text: i for i, text in enumerate(texts)}
    fits = np.zeros((len(described), len(texts)), bool)
    for row, some in zip(fits, said, strict=True):
        row[[place[text] for text in some]] = True
    return Captions(np.concatenate(tokens), np.concatenate(shape), texts, fits, described, np.array(training))


def _said(one: Description) -> list[str]:
    """What is said of a shape: that it is one of its category, too."""
    sentences = [phrase(text) for text in one.sentences if not FIGURE.search(text)]
    return list(dict.fromkeys([one.attributes["category"], *sentences]))


def _require_alike(features: Sequence[Features]) -> None:
    if any(folder.kind != "pooled" for folder in features):
        raise UsageError("a contrastive pair is trained on features of --kind pooled")
    if len({folder.vit_sha256 for folder in features}) > 1:
        raise UsageError("these features were made with different ViTs")
