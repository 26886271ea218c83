"""What a pack must be ahead of, and what it cannot pass: retrieval, the mean shape, the ceiling."""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError, StoreError
from latentmapper.make.evaluation.methods import Decoder, Description
from latentmapper.make.evaluation.surface import Surface

Features = NDArray[np.float32]
WIDTH = 384
"""Length of one token of the ViT."""
KEPT = 64
"""Training shapes that are kept in memory, as other pictures may be answered with them."""


class MeanShape:
    """The shape of the pack's mean code, whatever the picture shows."""

    name = "mean shape"
    sees = False

    def __init__(self, decoder: Decoder) -> None:
        self._surface = lru_cache(1)(lambda: decoder.surface(decoder.pack.mean_code))

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """Always the same."""
        return "mean"

    def surface(self, answer: Hashable) -> Surface:
        """The mean shape."""
        return self._surface()


class Ceiling:
    """The best the pack's base model can do: the code fitted to the true mesh by optimisation.

    codes : code (d,) of each test shape, by id.
    """

    name = "ceiling"
    sees = False

    def __init__(self, decoder: Decoder, codes: dict[str, NDArray[np.float32]]) -> None:
        self.decoder, self.codes = decoder, codes

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """The shape itself. Raises `MeshError` where no code was fitted to it."""
        if shape_id not in self.codes:
            raise MeshError(f"no code was fitted to {shape_id}")
        return shape_id

    def surface(self, answer: Hashable) -> Surface:
        """The shape of the fitted code."""
        return self.decoder.surface(self.codes[str(answer)])


class Retrieval:
    """The training shape of which a picture is nearest in feature space, as it is.

    Pictures are compared by their class tokens, standardised over the training pictures, by cosine: of
    class, mean and gridded tokens, together and alone, these found the most alike shapes.

    Parameters
    ----------
    features : (n, k) float32, what `summary` keeps of the descriptors of training pictures.
    names : (n,) the shape that each picture shows.
    load : name -> the training shape's original mesh, as it is compared.
    reads : what of a picture is the like of the features: its overview, or the descriptor of a closer look.

    Raises
    ------
    StoreError : not one name a picture.
    """

    name = "nearest training shape"
    sees = True

    def __init__(
        self,
        features: Features,
        names: Sequence[str],
        load: Callable[[str], Surface],
        reads: Literal["overview", "descriptor"] = "overview",
    ) -> None:
        if len(features) != len(names) or not names:
            raise StoreError(f"retrieval needs one name a picture, got {len(names)} for {len(features)}")
        self._mean, self._scale = features.mean(0), 1 / (features.std(0) + 1e-6)
        self._features = self._standardise(features)
        self._names, self._reads = list(names), reads
        self._load = lru_cache(KEPT)(load)

    @staticmethod
    def summary(descriptors: Features) -> Features:
        """The class tokens (n, 384) of descriptors (n, D)."""
        return descriptors[:, :WIDTH]

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """Name of the nearest training shape."""
        seen = picture.overview if self._reads == "overview" else np.atleast_2d(picture.descriptor)[0]
        query = self._standardise(self.summary(seen[None]))[0]
        return self._names[int(np.argmax(self._features @ query))]

    def surface(self, answer: Hashable) -> Surface:
        """The training shape's original mesh."""
        return self._load(str(answer))

    def _standardise(self, features: Features) -> Features:
        scaled = (features - self._mean) * self._scale
        return scaled / np.linalg.norm(scaled, axis=-1, keepdims=True).clip(1e-9)
