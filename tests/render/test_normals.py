"""Shading normals: a sphere is smooth, a box is sharp, and both the same when unwelded or unoriented."""

import tracemalloc

import numpy as np
import pytest

from latentmapper.render.normals import corner_normals, face_normals
from tests.render.shapes import box, sphere


def naive(vertices, faces, crease):
    """The definition: every corner looks at every face that touches its position."""
    weighted = face_normals(vertices, faces)
    unit = weighted / np.linalg.norm(weighted, axis=1, keepdims=True)
    result = np.zeros((len(faces), 3, 3))
    for i, face in enumerate(faces):
        for j, vertex in enumerate(face):
            touching = np.isclose(vertices[faces], vertices[vertex], atol=1e-6).all(axis=2).any(axis=1)
            cosine = unit @ unit[i]
            chosen = touching & (np.abs(cosine) > np.cos(np.radians(crease)))
            total = (np.sign(cosine[chosen])[:, None] * weighted[chosen]).sum(axis=0)
            result[i, j] = total / np.linalg.norm(total)
    return result


@pytest.mark.parametrize("crease", [20, 40, 100])
def test_agrees_with_the_definition(crease):
    vertices, faces = sphere(1.0, 1)
    vertices = vertices * np.array([1, 0.3, 2], np.float32)
    np.testing.assert_allclose(
        corner_normals(vertices, faces, crease), naive(vertices, faces, crease), atol=1e-5
    )


def test_a_sphere_is_smooth_and_a_box_sharp():
    vertices, faces = sphere(1.0, 3)
    np.testing.assert_allclose(corner_normals(vertices, faces), vertices[faces], atol=0.02)
    vertices, faces = box(1, 2, 3)
    flat = face_normals(vertices, faces)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    np.testing.assert_allclose(
        corner_normals(vertices, faces), np.repeat(flat[:, None], 3, axis=1), atol=1e-6
    )


def test_unwelded_and_unoriented_faces_are_smoothed_alike():
    vertices, faces = sphere(1.0, 2)
    soup, separate = vertices[faces].reshape(-1, 3), np.arange(faces.size).reshape(-1, 3)
    separate[::2] = separate[::2, ::-1]
    normals = corner_normals(soup, separate)
    along = np.abs(np.einsum("fcd,fcd->fc", normals, soup[separate]))
    assert along.min() > 0.99


def test_a_tip_of_countless_facets_takes_no_pairs_of_them():
    angle = np.linspace(0, 2 * np.pi, 30_000, endpoint=False)
    rim = np.stack([np.cos(angle), np.zeros_like(angle), np.sin(angle)], axis=1)
    vertices = np.concatenate([[[0, 2, 0]], rim]).astype(np.float32)
    around = np.arange(len(rim))
    faces = np.stack([np.zeros_like(around), 1 + np.roll(around, -1), 1 + around], axis=1)
    tracemalloc.start()
    normals = corner_normals(vertices, faces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6  # every pair of facets would take a number, and there are 900 million
    flat = face_normals(vertices, faces)
    np.testing.assert_allclose(normals[:, 0], flat / np.linalg.norm(flat, axis=1, keepdims=True), atol=1e-6)


def test_degenerate_faces_do_no_harm():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    assert np.isfinite(corner_normals(vertices, np.array([[0, 1, 2], [0, 0, 1]]))).all()
