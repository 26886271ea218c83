"""A describer simple enough to know every token of."""

import numpy as np

from latentmapper.features.vit import Tokens


class MeanColours:
    """Describes a patch by its mean colour."""

    sha256 = "0" * 64

    def describe(self, images: np.ndarray) -> Tokens:
        cells = images.reshape(len(images), 16, 14, 16, 14, 3).mean((2, 4))
        return Tokens(cells.mean((1, 2)), cells.astype(np.float32))

    def hidden(self, images: np.ndarray) -> np.ndarray:
        raise NotImplementedError
