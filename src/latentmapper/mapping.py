"""What a pack makes of a photo's descriptor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.view import View


@dataclass(frozen=True)
class Mapping:
    """Where a photo lands in the category's code space."""

    code: NDArray[np.float32]
    """(d,) the latent code."""
    weights: NDArray[np.float32]
    """(N,) how much each known shape of the bank contributed; they sum to 1."""
    view: View | None = None
    """From where the photo was taken; None where the pack does not tell it."""
    looks_apart: float | None = None
    """How far the codes of several looks lie from their mean, root mean square, for how far the known codes
    lie from theirs: 0 where all looks agree. None of a single look."""

    @property
    def spread(self) -> float:
        """Perplexity of the weights: about how many known shapes the answer is mixed from, 1..N."""
        positive = self.weights[self.weights > 0].astype(np.float64)
        return float(np.exp(-(positive * np.log(positive)).sum()))
