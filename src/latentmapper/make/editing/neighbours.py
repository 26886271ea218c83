"""Which label a mesh deserves, by the measures of the known shapes most like it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

NEAREST = 25


class Neighbours:
    """Known shapes by their measures: the share of a mesh's nearest ones that bear a label.

    Parameters
    ----------
    values : (n, a) measures of known shapes.
    units : (a,) standard deviation of each.
    """

    def __init__(self, values: NDArray[np.float64], units: NDArray[np.float64]) -> None:
        self._values, self._units = values, units

    @cached_property
    def _tree(self) -> "cKDTree":
        return cKDTree(self._values / self._units)

    def share(self, values: NDArray[np.float64], bears: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(m,) shares of the neighbours of measures (m, a) that bear a label (n,)."""
        _, nearest = self._tree.query(values / self._units, min(NEAREST, len(self._values)))
        return bears[np.asarray(nearest).reshape(len(values), -1)].mean(axis=1)
