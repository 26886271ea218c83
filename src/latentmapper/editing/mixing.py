"""The front of one shape on the rear of another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import UsageError
from latentmapper.shapes.field import Field
from latentmapper.shapes.lattice import BOUND


@dataclass(frozen=True)
class MixedField:
    """Two fields, blended along the length: signed distances are averaged where one passes into the other."""

    front: Field
    rear: Field
    at: float
    """z of the middle of the passage, canonical frame."""
    softness: float
    """Length of the passage, canonical units."""

    @property
    def symmetric(self) -> bool:
        """Whether both are."""
        return self.front.symmetric and self.rear.symmetric

    def evaluate(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Signed distances (n,) at points (n, 3), canonical frame."""
        share = self.share_of_front(points[:, 2])
        distances = np.zeros(len(points), np.float32)
        for field, weight in ((self.front, share), (self.rear, 1 - share)):
            asked = np.flatnonzero(weight > 0)
            distances[asked] += weight[asked] * field.evaluate(points[asked])
        return distances

    def share_of_front(self, z: NDArray[np.floating]) -> NDArray[np.float32]:
        """How much of the front there is at places z (n,): from 0 to 1 without a kink."""
        part = np.clip((z - self.at) / max(self.softness, 1e-6) + 0.5, 0, 1)
        return (part * part * (3 - 2 * part)).astype(np.float32)


def mix(front: Field, rear: Field, at: float = 0.5, softness: float = 0.2) -> MixedField:
    """The front of one shape and the rear of another as one field, which becomes a mesh like any other.

    Parameters
    ----------
    front, rear : fields of two codes of one pack.
    at : where the one passes into the other, 0 at the foremost and 1 at the rearmost place that shapes reach.
    softness : length of the passage, as a share of that length.

    Raises
    ------
    UsageError : a value out of range.
    """
    if not 0 <= at <= 1:
        raise UsageError(f"the place where shapes are mixed must be between 0 and 1, not {at}")
    if not 0 <= softness <= 1:
        raise UsageError(f"the softness of a mixture must be between 0 and 1, not {softness}")
    # Shapes reach the unit sphere at front and rear; the lattice goes a little beyond.
    reach = 2.0
    return MixedField(front, rear, reach * (0.5 - at), min(softness * reach, 2 * BOUND))
