"""How much of the sky a face sees."""

import numpy as np
import pytest

from latentmapper.make.dataset import openness as module
from latentmapper.make.dataset.openness import LONGEST_EDGE, openness, outer_faces, point_openness
from latentmapper.make.dataset.rays import Occluder
from latentmapper.make.dataset.repair import face_areas
from tests.make.dataset.solids import arrays, box, sheet


def test_a_closed_box_is_open_in_front_and_shut_behind():
    vertices, faces = arrays(box((0.8, 0.6, 1.9)))
    sky = openness(vertices, faces, Occluder(vertices, faces), np.random.default_rng(0))
    np.testing.assert_allclose(sky, [[1, 0]] * len(faces), atol=1e-6)


def test_a_wall_hides_its_share_of_the_sky():
    # the floor of a long trench as wide as deep sees the sine of 26.6 degrees of the sky from its middle
    walls = [box((0.01, 1.0, 200), (x, 0.5, 0)) for x in (-0.5, 0.5)]
    shares = point_openness(np.zeros((1, 3)), np.array([[0.0, 1.0, 0.0]]), Occluder(*arrays(*walls)))
    assert shares[0, 0] == pytest.approx(0.447, abs=0.06)


def test_faces_are_cut_and_keep_their_area():
    vertices, faces = arrays(box((0.8, 0.6, 1.9)))
    outer = outer_faces(vertices, faces, np.random.default_rng(0))
    edges = outer.vertices[outer.faces] - outer.vertices[np.roll(outer.faces, 1, axis=1)]
    assert np.linalg.norm(edges, axis=2).max() <= LONGEST_EDGE
    assert face_areas(outer.vertices, outer.faces).sum() == pytest.approx(face_areas(vertices, faces).sum())
    assert not outer.sheet.any()


def test_a_sheet_is_known_as_such():
    assert outer_faces(*sheet(), np.random.default_rng(0)).sheet.all()


def test_few_points_at_once_see_what_all_do(monkeypatch: pytest.MonkeyPatch):
    vertices, faces = arrays(box((0.8, 0.6, 1.9)), box((0.3, 0.1, 0.5), (0.8, 0, 0)))
    asked = []

    def counted(points: np.ndarray, normals: np.ndarray, occluder: Occluder) -> np.ndarray:
        asked.append(len(points))
        return point_openness(points, normals, occluder)

    monkeypatch.setattr(module, "point_openness", counted)
    found = []
    for most in (10**9, 700):
        monkeypatch.setattr(module, "AT_ONCE", most)
        found.append(openness(vertices, faces, Occluder(vertices, faces), np.random.default_rng(0)))
    np.testing.assert_array_equal(*found)
    assert max(asked[1:]) == 700 < asked[0]
