"""Previews: the right tiles, a mesh on light paper, the photo untouched in colour."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.render.camera import Camera
from latentmapper.render.preview import Studio, fit, preview
from latentmapper.render.raycast import Scene
from latentmapper.render.sampling import sample
from latentmapper.render.shading import dome, openness, to_linear, to_srgb
from tests.render.shapes import box, sphere


def test_four_views_and_the_photo():
    photo = np.zeros((30, 60, 3), np.uint8)
    photo[..., 0] = 200
    strip = preview(photo, *box(0.8, 0.5, 1.8), size=64)
    assert strip.shape == (64, 5 * 64, 3) and strip.dtype == np.uint8
    assert strip[32, 32].tolist() == [200, 0, 0]
    np.testing.assert_array_equal(strip[:, 64:], preview(None, *box(0.8, 0.5, 1.8), size=64))


def test_float_photos_are_the_same_as_bytes():
    photo = np.random.default_rng(0).integers(0, 256, (20, 16, 3), np.uint8)
    np.testing.assert_array_equal(fit(photo, 32), fit(photo / np.float32(255), 32))


def test_every_view_shows_the_whole_mesh_on_light_paper():
    strip = preview(None, *box(0.2, 0.5, 1.9), size=96)
    assert strip[0].min() > 180 and strip[:, 0].min() > 150
    assert all(tile[48, 48].mean() < 215 for tile in np.split(strip, 4, axis=1))


def test_faces_that_look_inwards_are_as_light_as_others_where_that_is_said():
    vertices, faces = sphere(0.6)
    right = Studio(vertices, faces).view(35, 18, 64)
    dark = Studio(vertices, faces[:, ::-1]).view(35, 18, 64)
    light = Studio(vertices, faces[:, ::-1], oriented=False).view(35, 18, 64)
    assert dark[32, 32].mean() < 0.6 * right[32, 32].mean()
    np.testing.assert_allclose(light[20:44, 20:44].astype(int), right[20:44, 20:44], atol=6)


def test_no_faces_is_refused():
    with pytest.raises(MeshError, match="no faces"):
        preview(None, np.zeros((3, 3)), np.zeros((0, 3), int))


def test_antialiased_area_of_a_square():
    vertices, faces = box(1, 1, 1e-4)
    samples = sample(Scene(vertices, faces), Camera(0, 0, 50.0, 2.0, roll=20), (40, 40))
    side = 1 / (2 * 50 * np.tan(np.radians(1.0))) * 40
    assert samples.coverage().sum() == pytest.approx(side**2, rel=0.01)
    assert set(np.unique(samples.coverage())) <= {0, 0.25, 0.5, 0.75, 1}


def test_openness_of_a_floor_under_a_ball():
    vertices, faces = sphere(0.5, 2)
    points = np.array([[0, -0.5, 0], [5, -0.5, 0]], np.float32)
    up = np.array([[0, 1, 0], [0, 1, 0]], np.float32)
    under, far = openness(Scene(vertices, faces), points, up, dome(200, lowest=0.0))
    assert under < 0.05 and far > 0.98


def test_dome_is_even():
    directions = dome(500)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(directions.mean(axis=0), 0, atol=0.01)


def test_srgb_and_linear_cancel():
    values = np.linspace(0, 1, 100)
    np.testing.assert_allclose(to_linear(to_srgb(values)), values, atol=1e-5)
