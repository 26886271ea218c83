"""Needles are cut across into few pieces that cover them; what is no needle stays as it is."""

import numpy as np
import pytest
import trimesh
from trimesh.remesh import subdivide_to_size

from latentmapper.make.dataset.needles import cut_needles
from latentmapper.make.dataset.repair import face_areas, face_normals

ONE = np.array([[0, 1, 2]])


@pytest.mark.parametrize("apex", [(0.5, 0.02), (0.0, 0.01), (1.0, 0.04), (0.1, 0.049), (0.98, 0.001)])
def test_pieces_cover_the_needle_and_are_short(apex: tuple[float, float]) -> None:
    vertices = np.array([[0, 0, 0.3], [1, 0, 0.3], [*apex, 0.3]])
    found, faces = cut_needles(vertices, ONE, 0.1)
    np.testing.assert_array_equal(found[:3], vertices)
    np.testing.assert_allclose(face_areas(found, faces).sum(), apex[1] / 2, rtol=1e-9)
    np.testing.assert_allclose(face_normals(found, faces), np.tile([0, 0, 1], (len(faces), 1)), atol=1e-6)
    corners = found[faces].reshape(-1, 3)
    for start, end in ((0, 1), (1, 2), (2, 0)):  # none lies outside, so that equal areas cover it
        edge, to = (vertices[end] - vertices[start])[:2], (corners - vertices[start])[:, :2]
        assert (edge[0] * to[:, 1] - edge[1] * to[:, 0] > -1e-9).all()
    edges = np.linalg.norm(np.roll(found[faces], -1, axis=1) - found[faces], axis=2)
    assert edges.max() <= 0.1 + 1e-9 and len(faces) <= 2 * (1 / 0.086 + 2)


def test_only_needles_are_cut() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0.5, 0.2, 0], [0.08, 0, 0], [0.04, 0.01, 0], [0.5, 0.01, 0]])
    large, small, needle = [0, 1, 2], [0, 3, 4], [1, 0, 5]
    found, faces = cut_needles(vertices, np.array([large, small]), 0.1)
    assert found is vertices and faces.tolist() == [large, small]
    found, faces = cut_needles(vertices, np.array([large, needle, small]), 0.1)
    assert faces[:2].tolist() == [large, small] and len(faces) > 12
    np.testing.assert_allclose(face_normals(found, faces[2:])[:, 2], -1)


def test_a_point_is_no_needle() -> None:
    found, faces = cut_needles(np.zeros((3, 3)), ONE, 0.1)
    assert len(found) == 3 and len(faces) == 1


def test_a_cylinder_of_many_sections_stays_small() -> None:
    cylinder = trimesh.creation.cylinder(radius=0.3, height=1.8, sections=200)
    before = len(subdivide_to_size(cylinder.vertices, cylinder.faces, 0.1, max_iter=20)[1])
    vertices, faces = cut_needles(np.asarray(cylinder.vertices), np.asarray(cylinder.faces), 0.1)
    after = subdivide_to_size(vertices, faces, 0.1, max_iter=20)[1]
    assert len(after) < before / 4
    np.testing.assert_allclose(face_areas(vertices, faces).sum(), cylinder.area, rtol=1e-9)
    outwards = np.einsum("ij,ij->i", face_normals(vertices, faces), vertices[faces].mean(axis=1))
    assert (outwards > 0).all()
