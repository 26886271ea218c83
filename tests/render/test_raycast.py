"""Rays against shapes whose answer is known, and embree against trimesh's own rays."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.render import raycast as module
from latentmapper.render.camera import Camera
from latentmapper.render.raycast import Scene, raycast
from tests.render.shapes import box, sphere


def test_a_sphere_is_a_disc_with_radial_normals():
    vertices, faces = sphere(1.0, 4)
    camera = Camera(30, 20, 4.0, 40.0)
    hits = raycast(vertices, faces, camera, (64, 64))
    origins, directions = (rays.reshape(64, 64, 3) for rays in camera.rays((64, 64)))
    points = (origins + directions * hits.depth[..., None])[hits.face >= 0]
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0, atol=3e-3)
    cosine = np.einsum("nd,nd->n", hits.normal[hits.face >= 0], points)
    assert cosine.min() > 0.99
    seen = np.tan(np.arcsin(1 / 4)) / np.tan(np.radians(20)) * 32
    assert (hits.face >= 0).sum() == pytest.approx(np.pi * seen**2, rel=0.02)
    assert np.isinf(hits.depth[hits.face < 0]).all()


def test_barycentric_weights_rebuild_the_point():
    vertices, faces = box(1, 1, 1)
    camera = Camera(40, 30, 3.0, 40.0)
    hits = raycast(vertices, faces, camera, (16, 16))
    met = hits.face >= 0
    rebuilt = np.einsum("nc,ncd->nd", hits.barycentric[met], vertices[faces[hits.face[met]]])
    origins, directions = (rays.reshape(16, 16, 3) for rays in camera.rays((16, 16)))
    np.testing.assert_allclose(rebuilt, (origins + directions * hits.depth[..., None])[met], atol=1e-5)


def test_normals_face_the_viewer_whichever_way_faces_are_wound():
    vertices, faces = box(1, 1, 1)
    camera = Camera(0, 0, 3.0, 30.0)
    for wound in (faces, faces[:, ::-1]):
        hits = raycast(vertices, wound, camera, (8, 8))
        np.testing.assert_allclose(hits.normal[4, 4], [0, 0, 1], atol=1e-6)


def test_embree_agrees_with_trimesh(monkeypatch):
    pytest.importorskip("embreex")
    pytest.importorskip("rtree")
    vertices, faces = sphere(0.8, 2)
    camera = Camera(10, 15, 3.0, 40.0)
    fast = raycast(vertices, faces, camera, (24, 24))
    monkeypatch.setattr(module, "_intersector", module._slow_intersector)
    slow = raycast(vertices, faces, camera, (24, 24))
    assert (fast.face >= 0).sum() == pytest.approx((slow.face >= 0).sum(), abs=2)
    both = (fast.face >= 0) & (slow.face >= 0)
    np.testing.assert_allclose(fast.depth[both], slow.depth[both], atol=1e-4)


def test_missing_embree_falls_back(monkeypatch):
    pytest.importorskip("rtree")
    monkeypatch.setitem(__import__("sys").modules, "embreex.rtcore_scene", None)
    vertices, faces = box(1, 1, 1)
    assert (raycast(vertices, faces, Camera(0, 0, 3.0, 30.0), (8, 8)).face >= 0).any()


def test_occlusion():
    vertices, faces = box(1, 1, 1)
    scene = Scene(vertices, faces)
    points = np.array([[0, -2, 0], [2, -2, 0], [0, 0.5, 0]], np.float32)
    assert scene.occluded(points, np.array([0.0, 1.0, 0.0])).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("vertices", "faces", "message"),
    [
        (np.zeros((3, 3)), np.zeros((0, 3), int), "the mesh has no faces, so there is nothing to render"),
        (
            np.full((3, 3), np.nan),
            np.array([[0, 1, 2]]),
            "the mesh has vertices that are not finite numbers, so it cannot be rendered",
        ),
    ],
)
def test_what_cannot_be_seen_is_refused(vertices, faces, message):
    with pytest.raises(MeshError) as caught:
        Scene(vertices, faces)
    assert str(caught.value) == message
