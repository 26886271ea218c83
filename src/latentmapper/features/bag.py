"""The descriptors `labels`, `soft` and `histogram`: which cluster each patch of a picture belongs to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from latentmapper.features.clusters import Clusters
from latentmapper.features.dense import Dense
from latentmapper.photo.framing import letterbox

Kind = Literal["labels", "soft", "histogram"]
KINDS: tuple[str, ...] = get_args(Kind)
AT_ONCE = 64 << 20
"""Bytes of features that are in memory together."""


class DenseDescriber(Protocol):
    """What gives dense features: a `ViT`."""

    def dense(self, images: NDArray[np.float32], dense: Dense) -> NDArray[np.float32]:
        """(b, rows, columns, D) features of pictures (b, height, width, 3) float32 RGB 0..1."""
        ...


@dataclass(frozen=True)
class Bag:
    """Pictures to descriptors of clustered dense features (paper, section 3.2).

    `labels` is one number a patch, row by row; `soft` K shares a patch; `histogram` the K shares that
    clusters have among the patches of each of grid x grid cells.

    Raises
    ------
    ValueError : the kind is unknown, or there are more cells than patches.
    """

    kind: Kind
    """Which of the three."""
    dense: Dense
    """The features."""
    clusters: Clusters
    """What they are assigned to."""
    grid: int = 0
    """Cells a side (histogram)."""

    def __post_init__(self) -> None:
        most = min(self.dense.rows, self.dense.columns)
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        if self.kind == "histogram" and not 1 <= self.grid <= most:
            raise ValueError(f"a grid of {self.grid} cells a side, but {most} patches")

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> "Bag":
        """The descriptor that an entry of `pack.json` and a pack's arrays say.

        Raises
        ------
        KeyError, TypeError, ValueError : they are incomplete, or do not fit together.
        """
        blocks, (height, width) = tuple(entry["blocks"]), entry["size"]
        dense = Dense(entry["facet"], blocks, (height, width), entry["patch"], entry["stride"])
        bag = cls(entry["kind"], dense, Clusters.from_arrays(arrays), entry["grid"])
        if entry["length"] != bag.length:
            size = " x ".join(map(str, bag.dense.size))
            raise ValueError(
                f"descriptors of length {entry['length']}, but pictures of {size} give {bag.length}"
            )
        return bag

    def to_entry(self) -> dict[str, Any]:
        """What `pack.json` says of it."""
        sized = {"blocks": list(self.dense.blocks), "size": list(self.dense.size)}
        return {"kind": self.kind, **asdict(self.dense), **sized, "grid": self.grid, "length": self.length}

    @property
    def layout(self) -> tuple[int, int]:
        """T places of C numbers each, as a descriptor holds them."""
        if self.kind == "labels":
            return self.dense.patches, 1
        places = self.grid**2 if self.kind == "histogram" else self.dense.patches
        return places, len(self.clusters.centroids)

    @property
    def length(self) -> int:
        """How many numbers a descriptor has."""
        places, numbers = self.layout
        return places * numbers

    def __call__(self, vit: DenseDescriber, images: NDArray[np.float32]) -> NDArray[Any]:
        """Descriptors (b, length) of pictures (b, h, w, 3) float32 RGB 0..1, row 0 on top.

        Pictures of another size are fitted into the middle of a grey one. Labels are uint8, the rest float32.
        """
        sized = np.stack([letterbox(image, self.dense.size) for image in images])
        at_once = self._pictures_at_once
        parts = [vit.dense(sized[i : i + at_once], self.dense) for i in range(0, len(sized), at_once)]
        return np.stack([self._describe(features).ravel() for part in parts for features in part])

    @property
    def _pictures_at_once(self) -> int:
        """As many as memory allows: the features of a single picture take up to 80 MB."""
        width = self.clusters.centroids.shape[1]
        return max(1, AT_ONCE // (self.dense.patches * width * np.dtype(np.float32).itemsize))

    def _describe(self, features: NDArray[np.float32]) -> NDArray[Any]:
        if self.kind == "labels":
            return self.clusters.labels(features)
        if self.kind == "soft":
            return self.clusters.shares(features)
        return histogram(self.clusters.labels(features), self.grid, len(self.clusters.centroids))


def histogram(labels: NDArray[np.uint8], grid: int, count: int) -> NDArray[np.float32]:
    """(grid, grid, count) share of each label among those (rows, columns) that lie in each cell."""
    rows, columns = (np.arange(length) * grid // length for length in labels.shape)
    cells = rows[:, None] * grid + columns
    counts = np.zeros((grid * grid, count), np.float32)
    np.add.at(counts, (cells.ravel(), labels.ravel()), 1)
    return (counts / counts.sum(1, keepdims=True)).reshape(grid, grid, count)
