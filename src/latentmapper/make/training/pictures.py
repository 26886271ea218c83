"""The pictures that a mapper trains on: descriptors, in memory or on disk, and codes of what they show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Protocol

import numpy as np
import torch

from latentmapper.errors import StoreError
from latentmapper.make.dataset.features import FeatureRecord, Features

STORED = ("tokens", "soft")
"""Kinds of descriptors that are too many bytes for memory, however few the pictures."""
IN_MEMORY = 1 << 31
"""Bytes of descriptors that are kept in memory, where reading them takes no time; more stay on disk."""


class Rows(Protocol):
    """Descriptors by row number: a tensor, or files that are read as rows are asked for."""

    def __getitem__(self, rows: np.ndarray, /) -> torch.Tensor:
        """(n, T * C) float16, or uint8 of labels, descriptors of n rows."""
        ...


class StoredRows:
    """Descriptors that stay on disk: too many bytes for memory, but few of them for a step.

    Parameters
    ----------
    places : of each row, its features, its file there, and its place in that.
    """

    def __init__(self, places: Sequence[tuple[Features, FeatureRecord, int]]) -> None:
        self._places = places

    def __getitem__(self, rows: np.ndarray, /) -> torch.Tensor:
        """See `Rows`."""
        shards = groupby((self._places[row] for row in rows), lambda place: place[:2])
        parts = [features.load(record)[[i for *_, i in places]] for (features, record), places in shards]
        return torch.from_numpy(np.concatenate(parts))


@dataclass(frozen=True)
class Pictures:
    """Descriptors of P pictures and what they show."""

    descriptors: Rows
    """(P, T * C) float16, or uint8 of labels; float32 once compressed."""
    codes: torch.Tensor
    """(P, d) float32 target codes."""
    shapes: list[str]
    """P ids of the shapes shown."""
    chance: np.ndarray
    """(P,) how likely each picture is drawn; sums to 1."""
    directions: torch.Tensor
    """(P, 3) float32 unit vectors from the object towards the camera; NaN where they are not known."""
    layout: tuple[int, int]
    """T tokens of C channels each."""
    rolls: torch.Tensor | None = None
    """(P,) float32 degrees that the camera is turned by; NaN, or None for all, where they are not known."""
    groups: list[str] = field(default_factory=list)
    """P groups of the shapes shown: near-copies share one."""

    @classmethod
    def gather(
        cls,
        features: list[Features],
        split: str,
        targets: dict[str, np.ndarray],
        parametric_share: float,
        at_most: int = 0,
        balance: float = 0.0,
    ) -> "Pictures":
        """All pictures of a split whose shape has a target code.

        Parameters
        ----------
        targets : shape id -> code (d,).
        parametric_share : share of draws that show parametric shapes, where there are others.
        at_most : keep about this many, evenly chosen; 0 keeps all.
        balance : see `MapperRecipe`.
        """
        rows = [(f, r) for f in features for r in f.records if r.split == split and r.shape in targets]
        if not rows:
            return cls(torch.zeros(0, 1), torch.zeros(0, 1), [], np.zeros(0), torch.zeros(0, 3), (1, 1))
        places = [(f, r, i) for f, r in rows for i in range(f.pictures(r))]
        keep = np.arange(0, len(places), max(1, len(places) // at_most) if at_most else 1)
        places = [places[i] for i in keep]
        shapes = [record.shape for _, record, _ in places]
        codes = torch.from_numpy(np.stack([targets[shape] for shape in shapes]))
        groups = [record.group for _, record, _ in places]
        chance = _chances(shapes, groups, parametric_share, balance)
        kept: Rows = StoredRows(places)
        if features[0].kind not in STORED and len(places) * kept[np.arange(1)].nbytes <= IN_MEMORY:
            kept = kept[np.arange(len(places))]
        directions = torch.from_numpy(np.concatenate([f.directions(r) for f, r in rows]))[keep]
        rolls = torch.from_numpy(np.concatenate([f.rolls(r) for f, r in rows]))[keep]
        return cls(kept, codes, shapes, chance, directions, features[0].layout, rolls, groups)

    def parts(self, size: int) -> Iterator[np.ndarray]:
        """All row numbers, `size` at a time."""
        return iter(np.split(np.arange(len(self.codes)), range(size, len(self.codes), size)))

    def some(self, at_most: int) -> torch.Tensor:
        """Descriptors of all pictures where they are in memory, else of that many or fewer, evenly chosen."""
        if isinstance(self.descriptors, torch.Tensor):
            return self.descriptors
        return self.descriptors[np.arange(0, len(self.codes), -(-len(self.codes) // at_most))]

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Row numbers of `count` random pictures."""
        return draw(self.chance, rng, count)


def draw(chance: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """Row numbers (count,) drawn by how likely each row is, (n,), which sums to 1."""
    return np.searchsorted(np.cumsum(chance), rng.random(count) * 0.999999)


def check_alike(features: Sequence[Features]) -> None:
    """Raises `StoreError` where some features mean something else than the others, or than a mapper reads."""
    for each in features:
        each.require_whole()
    for first, other in pairwise(features):
        if differing := [name for name, value in first.meaning.items() if other.meaning.get(name) != value]:
            raise StoreError(f"{other.folder} holds features of another {differing[0]} than {first.folder}")


def _chances(shapes: list[str], groups: list[str], parametric_share: float, balance: float) -> np.ndarray:
    """How often pictures are drawn: by the size of their group, and the two kinds as asked; sums to 1."""
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    chance = sizes[group] ** -float(balance)
    parametric = np.array([shape.startswith("parametric") for shape in shapes])
    if not parametric.all() and parametric.any():
        chance[parametric] *= parametric_share / chance[parametric].sum()
        chance[~parametric] *= (1 - parametric_share) / chance[~parametric].sum()
    return chance / chance.sum()
