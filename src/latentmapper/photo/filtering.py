"""Which photos show a category, by CLIP: the filter of the 3D-LatentMapper paper (section 3.1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIGMA = 2.0
"""Standard deviations above the mean from which a photo is dropped (equation 2)."""


@dataclass(frozen=True)
class Threshold:
    """Where equation 2 draws the line between what is kept and what is dropped."""

    mean: float
    """Of the distances."""
    deviation: float
    """Their standard deviation, over all of them rather than a sample."""
    sigma: float
    """Deviations above the mean where the line lies."""

    @property
    def value(self) -> float:
        """The largest distance that is kept."""
        return self.mean + self.sigma * self.deviation

    @classmethod
    def of(cls, distances: NDArray[np.floating], sigma: float = SIGMA) -> "Threshold":
        """That of distances (n,), n at least 1."""
        exact = distances.astype(np.float64)
        return cls(float(exact.mean()), float(exact.std()), sigma)

    def kept(self, distances: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) equation 2: whether photos at distances (n,) are kept."""
        # Where all photos are one and the same, rounding must not drop half of them.
        return distances.astype(np.float64) <= self.value + 1e-9


def mean_distances(images: NDArray[np.floating], prompts: NDArray[np.floating]) -> NDArray[np.float64]:
    """Equation 1: the mean cosine distance between pictures and the sentences about a category.

    Parameters
    ----------
    images : (n, d) unit vectors of pictures.
    prompts : (N, d) unit vectors of the category behind N templates.

    Returns
    -------
    distances : (n,) from 0, the same direction, to 2, opposite ones.
    """
    # The mean of cosines is the cosine-like product with the mean: one product a picture, not 74.
    return 1 - images.astype(np.float64) @ prompts.astype(np.float64).mean(axis=0)
