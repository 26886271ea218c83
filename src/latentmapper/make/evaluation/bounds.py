"""References that look at the truth: what no method, and what no retrieval can pass."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from scipy.spatial import KDTree

from latentmapper.errors import StoreError
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.metrics import Points, chamfer_distance
from latentmapper.make.evaluation.surface import Surface

COARSE = 200
"""Points of every training shape that the truth is compared with first."""
CANDIDATES = 20
"""Training shapes, the most alike by those points, that are compared by all their points."""


class Floor:
    """The true mesh itself, sampled a second time: what is left where a reconstruction is perfect.

    load : name -> the test shape's own mesh, as reconstructions are sampled.
    """

    name = "floor"
    sees = False

    def __init__(self, load: Callable[[str], Surface]) -> None:
        self._load = load

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """The shape itself."""
        return shape_id

    def surface(self, answer: Hashable) -> Surface:
        """Other points of the true mesh."""
        return self._load(str(answer))


class Oracle:
    """The training shape of least Chamfer distance to the truth: what perfect retrieval would find.

    All training shapes are compared by a few points, the most alike of them by all.

    Parameters
    ----------
    names : of the training shapes.
    cloud : name -> surface points (n, 3) of a training shape, in random order, unit-radius frame.
    truth : name -> surface points of a test shape, likewise.
    load : name -> the training shape's original mesh, as it is compared.

    Raises
    ------
    StoreError : no training shape.
    """

    name = "best training shape"
    sees = False

    def __init__(
        self,
        names: Sequence[str],
        cloud: Callable[[str], Points],
        truth: Callable[[str], Points],
        load: Callable[[str], Surface],
    ) -> None:
        if not names:
            raise StoreError("the best training shape cannot be found: there is no training shape")
        self._names, self._cloud, self._truth, self._load = list(names), cloud, truth, load
        self._coarse = np.stack([_few(cloud(name)) for name in names])

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """Name of the training shape that is most like the test shape, and not itself."""
        truth = self._truth(shape_id)
        ranks = np.argsort(self._distances(_few(truth)))
        order = [name for name in (self._names[i] for i in ranks) if name != shape_id]
        if not order:
            raise StoreError(f"{shape_id} is the only training shape")
        return min(order[:CANDIDATES], key=lambda name: chamfer_distance(truth, self._cloud(name)))

    def surface(self, answer: Hashable) -> Surface:
        """The training shape's original mesh."""
        return self._load(str(answer))

    def _distances(self, truth: Points) -> np.ndarray:
        """Chamfer distances (n,) of a few points to those of all training shapes."""
        to_truth = np.asarray(KDTree(truth).query(self._coarse.reshape(-1, 3))[0])
        there = (to_truth.reshape(len(self._coarse), -1) ** 2).mean(1)
        back = [np.mean(np.square(KDTree(points).query(truth)[0])) for points in self._coarse]
        return there + np.array(back)


def _few(points: Points) -> Points:
    """The first few of randomly ordered points, repeated where there are fewer."""
    return np.resize(points[:COARSE], (COARSE, 3))
