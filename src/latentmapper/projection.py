"""Predicted codes drawn towards known shapes, so that a photo never becomes a blur of many of them.

A mapper that is unsure answers with the mean of what may be, and a mean of crisp shapes is not crisp. The
projection takes that answer as a noisy measurement of the true code: known shapes near it, by how far
their surfaces lie apart, share the new code. It is one step of mean shift (Comaniciu and Meer, 2002),
with distances that the shape model measures: see `make.training.metric`.
"""

import numpy as np
from numpy.typing import NDArray


class Projection:
    """Codes to codes among the known ones.

    Parameters
    ----------
    bank : (N, d) float32 codes of the known shapes.
    directions : (d, d) float32; |(a - b) directions| is how far apart the surfaces of codes a and b lie, in
        units of the bandwidth.
    """

    def __init__(self, bank: NDArray[np.float32], directions: NDArray[np.float32]) -> None:
        self._bank, self._directions = bank, directions
        self._seen = bank @ directions

    def __call__(
        self, codes: NDArray[np.float32], evidence: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The projected codes (b, d) of codes (b, d), and the weights (b, N) of the known shapes in them.

        Parameters
        ----------
        evidence : (b, N) log-likelihoods of the known shapes by something else, up to a constant.
        """
        apart = ((codes @ self._directions)[:, None] - self._seen).astype(np.float64)
        logits = -0.5 * np.einsum("bnd,bnd->bn", apart, apart)
        if evidence is not None:
            logits += evidence
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
        return weights @ self._bank, weights
