"""Any words to moves of sliders, by a contrastive pair of pictures and texts: the arithmetic alone.

The change that a text asks for is the difference of two embeddings, that of the text and that of the
category's name, each behind the 74 templates of `features.clip.templates`; CLIP is that of Radford et al.
(arXiv:2103.00020), the difference that of StyleCLIP's global directions (Patashnik et al., ICCV 2021,
section 6). Where StyleCLIP tabulates what a channel of StyleGAN does to the embedding of pictures on
average, here each slider's effect is taken at the shape itself, and a ridge regression tells which sliders
together change the pictures along the text.

Pictures and texts lie in different parts of the space, so even a good edit has a small cosine. What it is
worth shows beside sentences that no shape can answer to: `Evidence` compares.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.vocabulary import vocabulary_of
from latentmapper.errors import UsageError
from latentmapper.features.clip import Clip, embed_category

Vectors = NDArray[np.floating]
FARTHEST = 1.5
"""Steps of the slider that moves most."""
SHRINKAGE = 0.3
"""Ridge penalty, as a share of the sliders' mean squared effect: what many sliders do together by a little
is mostly noise of the pictures."""
LEAST = 0.1
"""Share of the farthest move below which a slider stays where it is."""
SAME = 1e-3
"""Distance of embeddings below which a pair makes no difference between two texts."""
UNSEEN = 1e-5
"""The same of pictures; what is less comes of single precision."""
SURE = 0.9
"""Share of unrelated sentences that a text must stand out from."""
FEWEST = 5
"""Unrelated sentences below which there is nothing to compare with; a pair with few words knows fewer."""
UNRELATED = ("red", "green", "wet", "rented", "insured", "foreign", "borrowed", "registered")
"""Words about things that a shape does not show."""


def text_directions(clip: Clip, texts: Sequence[str], category: str) -> NDArray[np.float64]:
    """(n, d) the changes that texts ask for: unit vectors, or zeros where the pair knows no difference.

    Parameters
    ----------
    texts : such as "a low sports car"; a leading article is left out, and the category is added where the
        text does not name it.
    """
    neutral = embed_category(clip, category).astype(np.float64)
    changes = [embed_category(clip, _behind_templates(text, category)) - neutral for text in texts]
    lengths = np.linalg.norm(changes, axis=1, keepdims=True)
    return np.where(lengths > SAME, changes / np.maximum(lengths, SAME), 0.0)


def unrelated_texts(category: str) -> list[str]:
    """Sentences that no shape of a category answers to: about other things, or kinds of another category."""
    other = vocabulary_of("car" if category == "airplane" else "airplane")
    kinds = list(dict.fromkeys(slider for slider, _ in other.labels.values()))
    return [f"{word} {category}" for word in (*UNRELATED, *kinds[:8])]


def distinct(directions: Vectors) -> NDArray[np.float64]:
    """(m, d) the unit vectors among directions (n, d) that differ: a pair with few words knows few."""
    kept: list[NDArray[np.float64]] = []
    for each in np.asarray(directions, np.float64):
        if each.any() and all(np.linalg.norm(each - other) > SAME for other in kept):
            kept.append(each)
    return np.stack(kept) if kept else np.zeros((0, directions.shape[1]))


def solve(effects: Vectors, wanted: Vectors, low: Vectors, high: Vectors) -> NDArray[np.float64]:
    """Steps (k,) of sliders that together change the embedding along a direction.

    Parameters
    ----------
    effects : (k, d) what one step of each slider does to the embedding.
    wanted : (d,) unit vector.
    low, high : (k,) how far each slider goes.

    Raises
    ------
    UsageError : no slider changes what the pair sees.
    """
    steps = _ridge(effects, wanted[None])[0]
    most = np.abs(steps).max(initial=0.0)
    if most == 0 or np.linalg.norm(effects, axis=1).max() < UNSEEN:
        raise UsageError("no slider changes what the pair sees")
    bounded = np.clip(steps * (FARTHEST / most), low, high)
    return np.asarray(bounded * (np.abs(bounded) >= LEAST * FARTHEST), np.float64)


def reached(effects: Vectors, directions: Vectors) -> NDArray[np.float64]:
    """(n,) cosines between directions (n, d) and the changes that sliders are expected to make for each."""
    changes = _ridge(effects, directions) @ effects
    lengths = np.linalg.norm(changes, axis=1) * np.linalg.norm(directions, axis=1)
    return np.asarray((changes * directions).sum(axis=1) / np.maximum(lengths, 1e-12), np.float64)


def _ridge(effects: Vectors, directions: Vectors) -> NDArray[np.float64]:
    """(n, k) steps whose change of the embedding is nearest to each direction, shrunk."""
    gram = effects @ effects.T
    penalty = SHRINKAGE * max(float(np.trace(gram)) / len(gram), 1e-12)
    solved = np.linalg.solve(gram + penalty * np.eye(len(gram)), effects @ directions.T)
    return np.asarray(solved.T, np.float64)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a pair saw of an edit."""

    change: NDArray[np.float64]
    """(d,) embedding of the result less that of the start."""
    wanted: NDArray[np.float64]
    """(d,) unit vector: the change that the text asks for."""
    unrelated: NDArray[np.float64]
    """(n, d) unit vectors: the changes that unrelated sentences would ask for."""
    expected: float
    """Cosine between text and change that the sliders could be expected to make."""
    chance: NDArray[np.float64]
    """(n,) the same for unrelated sentences, each with sliders moved for its own sake."""

    @property
    def cosine(self) -> float:
        """Between the change of the pictures and the text."""
        return float(self.wanted @ self.change / max(float(np.linalg.norm(self.change)), 1e-12))

    @property
    def raised(self) -> float:
        """Share of unrelated sentences whose similarity rose less."""
        if not len(self.unrelated):
            return 0.0
        return float((self.unrelated @ self.change < self.wanted @ self.change).mean())

    @property
    def above_chance(self) -> float:
        """Share of unrelated sentences that sliders could be expected to answer less."""
        return float((self.chance < self.expected).mean()) if len(self.chance) else 0.0

    @property
    def none(self) -> bool:
        """Whether the sliders answer to the text no more than to most unrelated sentences."""
        return self.cosine <= 0 or (len(self.unrelated) >= FEWEST and self.above_chance < 0.5)

    @property
    def doubt(self) -> str:
        """Why it may as well be chance; empty where it hardly is."""
        count = len(self.unrelated)
        if count < FEWEST:
            known = f"the pair tells only {count} sentences about other things apart"
            return f"{known}, too few to judge it by: its words are few"
        if min(self.raised, self.above_chance) < SURE:
            return "the pair hardly tells this apart from sentences about other things"
        return ""

    def told(self) -> str:
        """The evidence in one sentence, with its numbers."""
        count = len(self.unrelated)
        along = f"the change goes along the text by a cosine of {self.cosine:+.2f}"
        if not count:
            return along
        return (
            f"{along}, {self.expected:+.2f} was expected and {np.median(self.chance):+.2f} is usual for"
            f" sentences about other things; it raised the text more than {round(self.raised * count)} of"
            f" {count} such sentences"
        )


def _behind_templates(text: str, category: str) -> str:
    """A text as it stands behind "a photo of a"."""
    bare = re.sub(r"^(an?|the)\s+", "", text.strip(), flags=re.IGNORECASE)
    return bare if category.lower() in bare.lower() else f"{bare} {category}"
