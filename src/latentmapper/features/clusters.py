"""A bag of descriptors: dense features named by the cluster that each belongs to (paper, section 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import files

NAMES = ("centroids", "softness")


@dataclass(frozen=True)
class Clusters:
    """The clusters of a k-means.

    Raises
    ------
    ValueError : the arrays are not what they should be.
    """

    centroids: NDArray[np.float32]
    """(K, D) their centres."""
    softness: NDArray[np.float32]
    """(1,) squared distance by which a cluster has to be nearer to count e times as much, when assigned
    softly: the mean difference between the second nearest and the nearest."""

    def __post_init__(self) -> None:
        if self.centroids.ndim != 2 or not 2 <= len(self.centroids) <= 256:
            raise ValueError(f"centroids are not 2 to 256 vectors: {self.centroids.shape}")
        if self.softness.shape != (1,) or not self.softness[0] > 0:
            raise ValueError("softness is not one positive number")

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Clusters":
        """Those of a pack. Raises `KeyError` or `ValueError` where they are missing or not sound."""
        return cls(*(arrays[name].astype(np.float32) for name in NAMES))

    def to_arrays(self) -> dict[str, NDArray[np.float32]]:
        """As a pack keeps them."""
        return {name: getattr(self, name) for name in NAMES}

    @property
    def sha256(self) -> str:
        """Hash of the values: labels of other clusters mean something else."""
        return files.sha256_of_bytes(self.centroids.tobytes(), self.softness.tobytes())

    def squared_distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(..., K) squared distances of features (..., D) to the centres, less what all K have in common."""
        products = features.reshape(-1, features.shape[-1]) @ self.centroids.T
        distances = (self.centroids**2).sum(1) - 2 * products
        return distances.reshape(*features.shape[:-1], -1)

    def labels(self, features: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(...) number of the nearest centre of features (..., D)."""
        return self.squared_distances(features).argmin(-1).astype(np.uint8)

    def shares(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(..., K) how much features (..., D) belong to each cluster; they sum to 1."""
        distances = self.squared_distances(features)
        shares = np.exp((distances.min(-1, keepdims=True) - distances) / self.softness)
        return shares / shares.sum(-1, keepdims=True)
