"""A second mapper: from what a classifier of photographs sees in a picture to the known shapes of a pack.

A network regresses where the shape lies among them, along their principal components under the pack's own
metric: what the eye does not see of codes is not learned. In doubt it answers near the mean. So known shapes
are not compared by where they lie, but by where the network puts pictures of them, and how surely.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.models.sizes import require_dropped, require_sizes

LEAST = 1e-3
"""Components that vary less than this, for what the first one does, are left out."""
SHRINKAGE = 0.1
"""How far the covariance of errors is drawn to its diagonal: held-out shapes are few."""


@dataclass(frozen=True)
class SecondShape:
    """Sizes of a second mapper, and what it does without in training."""

    components: int = 8
    """Principal components of the known shapes that are told, at most. Eight hold nine tenths of how the
    bundled cars differ."""
    whole: int = 256
    """Numbers that the mean of all places is narrowed to."""
    cell: int = 64
    """The same of each cell."""
    hidden: int = 384
    """Width of the hidden layer."""
    dropout: float = 0.3
    """Dropout of features, and before both of the last layers."""
    cell_dropout: float = 0.25
    """Share of cells left out in training."""
    noise: float = 0.1
    """Noise on the features in training, in their standard deviations."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes and shares out of range."""
        require_sizes(self, "components", "whole", "cell", "hidden")
        require_dropped(self, "dropout", "cell_dropout")
        if not self.noise >= 0:
            raise RecipeError(f"--shape.noise must be at least 0, not {self.noise:g}")


def places_of(
    bank: NDArray[np.float32], directions: NDArray[np.float32], components: int
) -> NDArray[np.float32]:
    """(N, k) where known codes (N, d) lie along their principal components, as the pack sees them.

    Parameters
    ----------
    directions : (d, d) of a `Projection`: |(a - b) directions| is how far apart surfaces lie.
    components : k at most. Codes that are all alike have none. The unit is the root mean square distance of
        all from their mean.
    """
    seen = bank.astype(np.float64) @ directions.astype(np.float64)
    left, strengths, _ = np.linalg.svd(seen - seen.mean(axis=0), full_matrices=False)
    kept = strengths > max(LEAST * strengths[0], 1e-6 * np.linalg.norm(seen))
    unit = np.sqrt(np.square(strengths).sum() / len(bank)) or 1.0
    places = (left * strengths / unit)[:, kept][:, :components]
    # Which end of a component is positive differs from machine to machine: a run may go on elsewhere.
    largest = places[np.abs(places).argmax(axis=0), np.arange(places.shape[1])]
    return (places * np.sign(largest)).astype(np.float32)


@dataclass(frozen=True)
class Likelihood:
    """How likely known shapes are by a told place: it lies where a linear map takes the true one, with
    Gaussian errors, as in linear discriminant analysis (Fisher, 1936)."""

    whitening: NDArray[np.float32]
    """(k, k) told places times this have errors of unit covariance."""
    known: NDArray[np.float32]
    """(N, k) where the known shapes are expected, so whitened."""

    @classmethod
    def fitted(
        cls, told: NDArray[np.floating], true: NDArray[np.floating], places: NDArray[np.floating]
    ) -> "Likelihood":
        """By told and true places (n, k) of pictures that taught nothing; `places` (N, k) are known."""
        told, true = told.astype(np.float64), true.astype(np.float64)
        size = true.shape[1]
        ridge = 1e-6 * np.eye(size)
        taken = np.linalg.solve(true.T @ true + len(true) * ridge, true.T @ told)
        errors = told - true @ taken
        covariance = errors.T @ errors / len(errors) + ridge
        covariance += SHRINKAGE * (np.diag(np.diag(covariance)) - covariance)
        whitening = np.linalg.cholesky(np.linalg.inv(covariance))
        return cls(whitening.astype(np.float32), (places @ taken @ whitening).astype(np.float32))


class PlaceReader(nn.Module):
    """Features (b, T * C) -> where the shape lies among the known ones (b, k): see `places_of`.

    Parameters
    ----------
    shape : sizes.
    tokens, channels : how features are laid out: the mean of all places, then cells, of C channels each.
    components : k.
    """

    def __init__(self, shape: SecondShape, tokens: int, channels: int, components: int) -> None:
        super().__init__()
        self.mean: torch.Tensor
        self.spread: torch.Tensor
        self.shape, self.tokens, self.channels = shape, tokens, channels
        self.register_buffer("mean", torch.zeros(tokens, channels))
        self.register_buffer("spread", torch.ones(tokens, channels))
        self.narrow_whole = nn.Linear(channels, shape.whole)
        self.narrow_cell = nn.Linear(channels, shape.cell)
        width = shape.whole + (tokens - 1) * shape.cell
        drop = nn.Dropout(shape.dropout)
        dense = nn.Linear(width, shape.hidden), nn.GELU()
        self.read = nn.Sequential(nn.LayerNorm(width), nn.GELU(), drop, *dense, drop)
        self.tell = nn.Linear(shape.hidden, components)
        nn.init.zeros_(self.tell.weight)
        nn.init.zeros_(self.tell.bias)

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        seen = (descriptor.view(-1, self.tokens, self.channels) - self.mean) / self.spread
        if self.training:
            seen = self._hidden_in_part(seen)
        cells = self.narrow_cell(seen[:, 1:]).flatten(1)
        return self.tell(self.read(torch.cat([self.narrow_whole(seen[:, 0]), cells], 1)))

    def fit(self, descriptors: torch.Tensor) -> None:
        """Find mean and spread over training features (n, T * C), any float type."""
        seen = descriptors.float().view(-1, self.tokens, self.channels)
        self.mean.copy_(seen.mean(0))
        # Channels that hardly ever fire would be blown up where they do.
        self.spread.copy_(seen.std(0, correction=0) + 0.05)

    def _hidden_in_part(self, seen: torch.Tensor) -> torch.Tensor:
        """Noisy features without some cells and numbers, as training shows them."""
        shown = torch.rand(*seen.shape[:2], 1, device=seen.device) >= self.shape.cell_dropout
        shown[:, 0] = True
        noisy = seen + self.shape.noise * torch.randn_like(seen)
        return nn.functional.dropout(noisy, self.shape.dropout) * shown


class Names(nn.Module):
    """Features of whole pictures (b, C) -> log-likelihoods (b, N) of the known shapes, by how a classifier
    calls what it sees.

    Parameters
    ----------
    rows : (c, C + 1) its weights and bias for each class.
    meant : (c,) which of m kinds each class means.
    likeness : (m, N) how many times as often as others a known shape is called so.
    doubt : share of the names that tell nothing.
    """

    def __init__(
        self,
        rows: NDArray[np.float32],
        meant: NDArray[np.integer],
        likeness: NDArray[np.float32],
        doubt: float,
    ) -> None:
        super().__init__()
        self.meant: torch.Tensor
        self.likeness: torch.Tensor
        self.doubt = doubt
        classes, width = rows.shape
        self.classify = nn.Linear(width - 1, classes)
        self.classify.weight.data = torch.from_numpy(rows[:, :-1].copy())
        self.classify.bias.data = torch.from_numpy(rows[:, -1].copy())
        self.register_buffer("meant", torch.eye(len(likeness))[torch.from_numpy(meant)])
        self.register_buffer("likeness", torch.from_numpy(likeness))

    def forward(self, whole: torch.Tensor) -> torch.Tensor:
        """See the class; one of the names is right."""
        called = self.classify(whole).softmax(1) @ self.meant @ self.likeness
        return ((1 - self.doubt) * called + self.doubt).log()


class KnownShapes(nn.Module):
    """Features (b, T * C) -> log-likelihoods (b, N) of the known shapes, up to a constant of each picture.

    Parameters
    ----------
    names : what has its say besides, if anything has.
    naming : what its log-likelihoods are multiplied by.
    """

    def __init__(
        self, reader: PlaceReader, likelihood: Likelihood, names: Names | None = None, naming: float = 1.0
    ) -> None:
        super().__init__()
        self.whitening: torch.Tensor
        self.known: torch.Tensor
        self.halves: torch.Tensor
        self.reader, self.names, self.naming = reader, names, naming
        self.register_buffer("whitening", torch.from_numpy(likelihood.whitening))
        self.register_buffer("known", torch.from_numpy(likelihood.known))
        self.register_buffer("halves", 0.5 * self.known.square().sum(1))

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        seen = self.reader(descriptor) @ self.whitening
        told = seen @ self.known.T - self.halves
        if self.names is None:
            return told
        return told + self.naming * self.names(descriptor[:, : self.reader.channels])
