"""Descriptors of rendered pictures, on disk.

One safetensors file per shard of views, named by the shard's hash, with `descriptors`
(n, D) float16 or, of labels, uint8, `directions` (n, 3) float32 from the object towards the camera,
canonical frame, `rolls` (n,) float32 degrees, and `occlusion` (n,) float32; `features.json` names the ViT
and what is kept of its tokens. Where these were clustered, the clusters stand in `clusters.safetensors`.
`describing` writes them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.features import efficientnet
from latentmapper.features.bag import Bag
from latentmapper.make.dataset.clustering import CLUSTERS, read_clusters
from latentmapper.make.dataset.feature_header import read_finished
from latentmapper.make.dataset.shards import damage_told, open_shard
from latentmapper.places import Place

PATCHES = 16
"""A side of the square of patches that a ViT with patches of 14 pixels sees of 224."""


@dataclass(frozen=True)
class FeatureRecord:
    """The descriptors of one shard of views."""

    shape: str
    """Id of the shape shown."""
    group: str
    """Its group."""
    split: str
    """train, validation or test."""
    mesh: str
    """What was rendered: original, decoded or between."""
    file: str
    """Name of the file in the folder."""


class Features:
    """Descriptors on disk.

    Raises
    ------
    StoreError : no finished features in the folder, or a damaged header.
    """

    def __init__(self, folder: Place) -> None:
        header, self.records = read_finished(folder, FeatureRecord)
        self.folder = folder
        self.vit_sha256: str = header["vit_sha256"]
        self.kind: str = header.get("kind", "pooled")
        self.grid: int = header["grid"]
        self.closer: bool = header.get("closer", self.kind in ("tokens", efficientnet.KIND))
        self.clip: str | None = header.get("clip")
        """SHA-256 of the contrastive pair's graph (kind clip)."""
        self.network: str | None = header.get("network")
        """SHA-256 of the classifier's graph (kind efficientnet)."""
        self._width: int | None = header.get("width")
        self.bag_recipe: dict[str, Any] = header.get("bag_recipe", {})
        self._bag: dict[str, Any] | None = header.get("bag")

    @cached_property
    def bag(self) -> Bag | None:
        """How patches were clustered, where they were. Raises `StoreError` where the clusters are damaged."""
        if self._bag is None:
            return None
        try:
            return Bag.from_entry(self._bag, read_clusters(self.folder).to_arrays())
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{self.folder / CLUSTERS} is damaged: {error}") from None

    def require_whole(self) -> None:
        """Raise `StoreError` for closer looks that were pooled: only contrastive pairs learn from them."""
        if self.kind == "pooled" and self.closer:
            raise StoreError(f"{self.folder} shows closer looks, which only train clip reads pooled")

    @property
    def layout(self) -> tuple[int, int]:
        """T tokens of C channels each, as a descriptor holds them."""
        if self.bag:
            return self.bag.layout
        length = self.load(self.records[0]).shape[1]
        if self.kind == "pooled":
            return self.grid**2 + 2, length // (self.grid**2 + 2)
        tokens = {"tokens": 1 + PATCHES**2, efficientnet.KIND: efficientnet.TOKENS}.get(self.kind, 1)
        return tokens, length // tokens

    @property
    def meaning(self) -> dict[str, Any]:
        """What decides what a descriptor's numbers mean: descriptors that differ in it cannot be mixed."""
        bag = self.bag
        classifier = {} if self.network is None else {"classifier": self.network}
        return classifier | {
            "kind": self.kind,
            "grid": self.grid,
            "ViT": self.vit_sha256,
            "closer": self.closer,
            "bag": bag.to_entry() if bag else None,
            "clusters": bag.clusters.sha256 if bag else None,
            "contrastive pair": self.clip,
        }

    @property
    def width(self) -> int:
        """Length of a token of the ViT, beside which an embedding was made. Raises `StoreError` for none."""
        if self._width is None:
            raise StoreError(f"{self.folder} does not tell its ViT's width; run data features there again")
        return self._width

    @property
    def channels(self) -> int:
        """C, the length of one token."""
        return self.layout[1]

    def pictures(self, record: FeatureRecord) -> int:
        """How many pictures of one shape are described."""
        return len(self.load(record))

    def load(self, record: FeatureRecord) -> NDArray[Any]:
        """Descriptors (n, D) of the pictures of one shape, memory-mapped: float16 or, of labels, uint8."""
        return self._open(record)["descriptors"]

    def directions(self, record: FeatureRecord) -> NDArray[np.float32]:
        """Unit vectors (n, 3) from the object towards the camera; NaN where features are older than these."""
        return self._told(record, "directions", (3,))

    def rolls(self, record: FeatureRecord) -> NDArray[np.float32]:
        """Degrees (n,) that the camera is turned by; NaN where features are older than these."""
        return self._told(record, "rolls", ())

    def _told(self, record: FeatureRecord, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        arrays = self._open(record)
        if name in arrays:
            return np.array(arrays[name])
        return np.full((len(arrays["descriptors"]), *shape), np.nan, np.float32)

    def _open(self, record: FeatureRecord) -> dict[str, NDArray[Any]]:
        arrays = open_shard(self.folder, record.file)
        with damage_told(self.folder, record.file):
            return arrays | {"descriptors": arrays["descriptors"]}  # told now where it is missing
