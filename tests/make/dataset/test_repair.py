"""From a mesh as found to the canonical frame."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import Shape
from latentmapper.make.dataset.repair import face_areas, face_normals, normalise, to_canonical
from tests.make.dataset.solids import arrays, box


def shape(vertices, faces, materials=None) -> Shape:
    arrays_ = np.asarray(vertices, np.float32), np.asarray(faces, np.int32)
    return Shape("it", "it", "box", "test", "CC0-1.0", *arrays_, materials)


def test_the_frame_is_canonical_and_the_proportions_stay():
    vertices, faces = arrays(box((2, 4, 6), (10, -3, 5)))
    mesh = normalise(shape(vertices, faces))
    np.testing.assert_allclose(mesh.vertices.min(0) + mesh.vertices.max(0), 0, atol=1e-6)
    assert np.linalg.norm(mesh.vertices, axis=1).max() == pytest.approx(1)
    np.testing.assert_allclose(
        np.ptp(mesh.vertices, axis=0) / np.ptp(mesh.vertices[:, 0]), [1, 2, 3], rtol=1e-5
    )


def test_canonical_is_a_fixed_point():
    vertices, _ = arrays(box((2, 4, 6), (10, -3, 5)))
    once = to_canonical(vertices)
    np.testing.assert_allclose(to_canonical(once), once, atol=1e-12)


def test_what_carries_no_surface_is_dropped():
    vertices, faces = arrays(box((2, 4, 6)))
    far = np.vstack([vertices, [[100, 0, 0]]])
    more = np.vstack([[[0, 0, 1]], faces])
    mesh = normalise(shape(far, more, np.arange(13, dtype=np.uint8)))
    assert len(mesh.vertices) == 8 and mesh.materials.tolist() == list(range(1, 13))
    np.testing.assert_allclose(mesh.vertices[mesh.faces], to_canonical(vertices)[faces], atol=1e-6)


@pytest.mark.parametrize(("vertices", "faces", "message"), [
    ([[0, 0, 0]], np.zeros((0, 3)), "it has no faces"),
    ([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], [[0, 1, 2]], "it has vertices that are NaN or infinite"),
    ([[0, 0, 0], [1, 0, 0], [0, np.inf, 0]], [[0, 1, 2]], "it has vertices that are NaN or infinite"),
    ([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]], "it has zero area"),
    ([[5, 5, 5]] * 3, [[0, 1, 2]], "it has zero area"),
    ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 3]], "it has faces that name vertices it does not have"),
])  # fmt: skip
def test_unusable_meshes_are_refused(vertices, faces, message: str):
    with pytest.raises(MeshError, match=message):
        normalise(shape(vertices, faces))


def test_areas_and_normals():
    vertices, faces = arrays(box((1, 2, 3)))
    assert face_areas(vertices, faces).sum() == pytest.approx(2 * (2 + 3 + 6))
    outward = vertices[faces].mean(axis=1)
    assert (np.einsum("ij,ij->i", face_normals(vertices, faces), outward) > 0).all()
