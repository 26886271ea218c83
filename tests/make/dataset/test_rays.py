"""Rays against a box, with embreex and without."""

import sys

import numpy as np
import pytest

from latentmapper.make.dataset.rays import Occluder, fibonacci_sphere
from tests.make.dataset.solids import arrays, box

ORIGINS = np.array([[0, 0, 2.0], [0.1, 0, 2.0], [3, 0, 2.0], [0, 0, 0]])
DIRECTIONS = np.array([[0, 0, -1.0], [0, 0, 1], [0, 0, -1], [0, 0, 1]])


@pytest.fixture(params=["embreex", "trimesh"])
def occluder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Occluder:
    if request.param == "trimesh":
        pytest.importorskip("rtree")
        monkeypatch.setitem(sys.modules, "embreex.mesh_construction", None)
    else:
        pytest.importorskip("embreex")
    return Occluder(*arrays(box((1, 1, 1))))


def test_a_box_stops_what_meets_it(occluder: Occluder):
    assert occluder.escapes(ORIGINS, DIRECTIONS).tolist() == [False, True, True, False]


def test_the_first_face_and_its_distance(occluder: Occluder):
    face, distance = occluder.first(ORIGINS, DIRECTIONS)
    assert (face >= 0).tolist() == [True, False, False, True]
    assert distance == pytest.approx([1.5, np.inf, np.inf, 0.5])


def test_directions_are_spread_evenly():
    directions = fibonacci_sphere(200)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    np.testing.assert_allclose(directions.T @ directions / 200, np.eye(3) / 3, atol=0.01)
    np.testing.assert_allclose(directions.mean(0), 0, atol=0.01)
