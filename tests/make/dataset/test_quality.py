"""The verdict on a mesh."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.make.dataset.quality import require_body, require_inside, require_seen


def test_a_good_mesh_passes():
    require_body(np.array([[-1, -0.2, -0.5], [1, 0.2, 0.5]]))
    require_seen(np.random.default_rng(0).random((100, 3)))
    require_inside(np.linspace(-0.1, 0.3, 100))


def test_a_drawing_is_refused():
    with pytest.raises(MeshError, match=r"the mesh is flat: 0\.010 thick at unit radius, 0\.03 is the least"):
        require_body(np.array([[-1, 0, -0.5], [1, 0.01, 0.5]]))


def test_a_hidden_mesh_is_refused():
    with pytest.raises(MeshError, match="hardly anything is seen from outside: 2% of the points asked for"):
        require_seen(np.repeat(np.eye(2, 3), 50, axis=0))


@pytest.mark.parametrize("sign", [-1, 1])
def test_no_body_or_nothing_else_is_refused(sign: int):
    with pytest.raises(MeshError, match=r"the mesh encloses no body: (0|100)\.0% of the samples lie inside"):
        require_inside(sign * np.linspace(0.1, 0.3, 100))


def test_infinite_distances_are_refused():
    with pytest.raises(MeshError, match="the distances are not finite"):
        require_inside(np.array([0.1, np.nan]))
