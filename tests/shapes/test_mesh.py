"""What no later step could use is refused, however few faces are sound."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.shapes.mesh import Mesh, require_usable

POINTS = np.eye(3, dtype=np.float32)


def test_one_face_with_an_area_behind_many_without_is_enough() -> None:
    empty = np.zeros((2000, 3), np.int32)
    with pytest.raises(MeshError, match="the mesh has zero area"):
        require_usable(Mesh(POINTS, empty))
    require_usable(Mesh(POINTS, np.concatenate([empty, [[0, 1, 2]]]).astype(np.int32)))
