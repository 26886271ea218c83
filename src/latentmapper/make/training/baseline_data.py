"""What baselines learn from: the shapes of stores, and pictures of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.kept_voxels import Solids
from latentmapper.make.dataset.store import Record
from latentmapper.make.dataset.views import ViewRecord, Views
from latentmapper.make.models.baseline import look
from latentmapper.make.training.threads import threads

HELD_OUT = 128
"""Held-out shapes that a run is measured on, about."""
ORIGINAL = "original"
"""Pictures of decoded codes show other shapes than the store holds."""
AT_ONCE = 16
"""Held-out shapes that are measured together."""

Place = tuple[Views, ViewRecord, int]
"""Where a picture is: its folder, its file, and its number there."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of one split, and how often each is drawn."""

    store: JoinedStore
    records: list[Record]
    chance: np.ndarray
    """(n,) sums to 1."""

    @classmethod
    def of(cls, store: JoinedStore, records: list[Record], parametric_share: float) -> "Shapes":
        """Records of a store; the share of draws that are parametric shapes, where there are others."""
        parametric = np.array([record.origin == "parametric" for record in records], bool)
        chance = np.ones(len(records))
        if parametric.any() and not parametric.all():
            chance[parametric] = parametric_share / parametric.sum()
            chance[~parametric] = (1 - parametric_share) / (~parametric).sum()
        return cls(store, records, chance / chance.sum())

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Numbers of `count` random shapes."""
        return rng.choice(len(self.records), count, p=self.chance)

    def surface(self, rows: Sequence[int] | np.ndarray, count: int, rng: np.random.Generator) -> torch.Tensor:
        """Random surface points (b, count, 3) float32 of shapes by their numbers, canonical frame."""
        clouds = [self.store.load(self.records[row]).surface_points for row in rows]
        drawn = [cloud[rng.choice(len(cloud), count, replace=len(cloud) < count)] for cloud in clouds]
        return torch.from_numpy(np.stack(drawn))


@dataclass(frozen=True)
class Shown:
    """Shapes of one split that there are pictures of, and those pictures, read when they are asked for."""

    shapes: Shapes
    pictures: list[list[Place]]
    """Of each shape."""
    side: int
    """Pixels of a side as the encoder reads it."""
    grey: bool
    mirror: bool
    """Whether half of the pictures are turned left to right, as mirror-symmetric shapes allow."""

    def draw(self, rows: np.ndarray, rng: np.random.Generator, own: slice = slice(None)) -> torch.Tensor:
        """A random picture (b, channels, side, side) of each of the shapes by their numbers.

        own : those that are wanted, out of all.
        """
        chosen = [self.pictures[row][rng.integers(len(self.pictures[row]))] for row in rows]
        made = np.stack(list(threads(torch.get_num_threads()).map(self._look, chosen[own])))
        if self.mirror:
            turned = (rng.random(len(rows)) < 0.5)[own]
            made[turned] = made[turned, ..., ::-1]
        return torch.from_numpy(made).contiguous(memory_format=torch.channels_last)

    def _look(self, place: Place) -> np.ndarray:
        views, record, index = place
        return look(views.picture(record, index), self.side, self.grey)


@dataclass(frozen=True)
class BaselineData:
    """Everything that a run learns from."""

    store: JoinedStore
    views: Sequence[Views]
    parametric_share: float
    """Of draws, where there are shapes of other origins."""
    side: int
    """Pixels of a side of a picture as the encoder reads it."""
    grey: bool
    """Whether it reads grey pictures."""
    mirror: bool
    """Whether training pictures may be turned left to right, where the category is symmetric."""
    voxels: Path
    """Folder in which voxels of shapes are kept."""
    workers: int
    """Processes that make them."""

    def shapes(self, split: str) -> Shapes:
        """The shapes of one split: train, or a few of validation, evenly chosen."""
        return Shapes.of(self.store, self._records(split), self.parametric_share)

    def shown(self, split: str) -> Shown:
        """The same shapes, as far as there are pictures of their original meshes.

        Raises
        ------
        StoreError : no picture shows a training shape.
        """
        places: dict[str, list[Place]] = {}
        for views in self.views:
            for record in (record for record in views.records if record.mesh == ORIGINAL):
                found = places.setdefault(record.shape, [])
                found += [(views, record, i) for i in range(record.views)]
        records = [record for record in self._records(split) if record.id in places]
        if split == "train" and not records:
            raise StoreError("--views: no picture shows a training shape of these stores")
        shapes = Shapes.of(self.store, records, self.parametric_share)
        mirror = self.mirror and split == "train" and bool(self.store.header.get("symmetric"))
        return Shown(shapes, [places[record.id] for record in records], self.side, self.grey, mirror)

    def solids(self, records: Sequence[Record]) -> Solids:
        """Shapes as voxels."""
        return Solids(self.store, records, self.voxels, self.workers)

    def _records(self, split: str) -> list[Record]:
        records = self.store.split(split)
        return records if split == "train" else records[:: max(1, len(records) // HELD_OUT)]


def mean_over(count: int, error: Callable[[np.ndarray, np.random.Generator], torch.Tensor]) -> float | None:
    """The mean of an error over `count` held-out shapes, by the same random choices each time; None for none.

    error : numbers of some of the shapes and a generator -> their mean error.
    """
    if not count:
        return None
    rng = np.random.default_rng(0)
    parts = [np.arange(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
    return sum(float(error(rows, rng)) * len(rows) for rows in parts) / count
