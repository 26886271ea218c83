"""Tokens of photos moved to where those of renders lie: means and covariances are made the same.

A pack's mapper has learned from tokens of renders. Whitening those of photos and colouring them like renders
(CORAL; Sun, Feng and Saenko, 2016) takes the difference of the two domains away as far as means and
covariances tell of it. With the diagonals of these alone it is AdaIN (Huang and Belongie, 2017) of whole
domains. What is fitted on photos belongs to them: it enters no pack.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-6
"""Variance below which a direction is left as it is, in those of the widest one."""

Values = NDArray[np.floating]


@dataclass(frozen=True)
class Moments:
    """Sums over tokens, from which means and covariances follow; they add up."""

    count: int
    total: Values
    """(w,) of the tokens."""
    products: Values
    """(w, w) of their outer products."""

    @classmethod
    def of(cls, tokens: Values) -> "Moments":
        """Those of tokens (..., w)."""
        flat = tokens.reshape(-1, tokens.shape[-1]).astype(np.float64)
        return cls(len(flat), flat.sum(axis=0), flat.T @ flat)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.products + other.products)

    @property
    def mean(self) -> Values:
        """(w,)."""
        return self.total / self.count

    def covariance(self, shrinkage: float) -> Values:
        """(w, w), so far drawn to its own diagonal: 0 leaves it as it is, 1 leaves the diagonal alone."""
        whole = self.products / self.count - np.outer(self.mean, self.mean)
        return (1 - shrinkage) * whole + shrinkage * np.diag(np.diag(whole))


@dataclass(frozen=True)
class Alignment:
    """An affine map of tokens."""

    source: Values
    """(w,) mean of what is moved."""
    target: Values
    """(w,) mean of where it goes."""
    matrix: Values
    """(w, w)."""

    @classmethod
    def between(cls, source: Moments, target: Moments, shrinkage: float) -> "Alignment":
        """What gives tokens with the moments of `source` those of `target`."""
        whitening = _power(source.covariance(shrinkage), -0.5)
        return cls(source.mean, target.mean, whitening @ _power(target.covariance(shrinkage), 0.5))

    def __call__(self, tokens: Values) -> Values:
        """Tokens (..., w), moved."""
        return ((tokens - self.source) @ self.matrix + self.target).astype(np.float32)


@dataclass(frozen=True)
class ByMoments:
    """Fits a move of pictures (1 + patches, w): class tokens and patches, which have little in common, each
    get the moments that they have in renders."""

    shrinkage: float
    """How far covariances are drawn to their diagonals, 0 to 1."""

    def __call__(self, photos: Sequence[Values], renders: Sequence[Values]) -> "MovedByMoments":
        """What moves photos to where the renders lie."""
        classes, patches = slice(1), slice(1, None)
        return MovedByMoments(
            *(
                Alignment.between(_moments(photos, part), _moments(renders, part), self.shrinkage)
                for part in (classes, patches)
            )
        )


@dataclass(frozen=True)
class MovedByMoments:
    """Moves the tokens of a picture, the class token by itself."""

    classes: Alignment
    patches: Alignment

    def __call__(self, tokens: Values) -> Values:
        """Tokens (1 + patches, w), moved."""
        return np.concatenate([self.classes(tokens[:1]), self.patches(tokens[1:])])


def _moments(pictures: Iterable[Values], part: slice) -> Moments:
    """Of some of the tokens of pictures (1 + patches, w)."""
    return reduce(add, (Moments.of(tokens[part]) for tokens in pictures))


def _power(covariance: Values, exponent: float) -> Values:
    squares, axes = np.linalg.eigh(covariance)
    return (axes * np.maximum(squares, LEAST * squares[-1]) ** exponent) @ axes.T
