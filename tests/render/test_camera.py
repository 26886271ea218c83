"""Cameras: where they stand, which way is right, and projection as the inverse of rays."""

import numpy as np
import pytest

from latentmapper.render.camera import Camera


@pytest.mark.parametrize(
    ("azimuth", "elevation", "position"),
    [(0, 0, (0, 0, 3)), (90, 0, (3, 0, 0)), (180, 0, (0, 0, -3)), (0, 90, (0, 3, 0))],
)
def test_position_follows_the_frame(azimuth, elevation, position):
    camera = Camera(azimuth, elevation, 3.0, 40.0)
    np.testing.assert_allclose(camera.position, position, atol=1e-12)


def test_the_left_side_of_the_object_is_on_the_right_of_a_front_view():
    pixels, depth = Camera(0, 0, 3.0, 40.0).project(np.array([[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]]), (100, 100))
    assert pixels[0, 0] > 50 and pixels[0, 1] == pytest.approx(50)
    assert pixels[1, 1] < 50 and pixels[1, 0] == pytest.approx(50)
    np.testing.assert_allclose(depth, 3.0)


def test_field_of_view_spans_the_longer_side():
    edge = 3.0 * np.tan(np.radians(20))
    pixels, _ = Camera(0, 0, 3.0, 40.0).project(np.array([[edge, 0.0, 0.0]]), (60, 100))
    np.testing.assert_allclose(pixels[0], [100, 30])


def test_positive_roll_turns_the_object_clockwise():
    pixels, _ = Camera(0, 0, 3.0, 40.0, roll=90).project(np.array([[0.0, 0.5, 0.0]]), (100, 100))
    assert pixels[0, 0] > 50 and pixels[0, 1] == pytest.approx(50)


def test_axes_are_a_rotation():
    axes = Camera(33, -12, 3.0, 40.0, roll=7).axes
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), -axes[2], atol=1e-12)


def test_projection_inverts_rays():
    camera = Camera(120, 25, 2.5, 55.0, roll=-8, shift=(0.2, -0.1), target=(0.1, 0.2, 0.0))
    origins, directions = camera.rays((20, 30))
    pixels, _ = camera.project(origins + 1.7 * directions, (20, 30))
    rows, columns = np.mgrid[:20, :30]
    np.testing.assert_allclose(pixels, np.stack([columns.ravel(), rows.ravel()], 1) + 0.5, atol=1e-3)


def test_shift_moves_the_target_right_and_up():
    camera = Camera(70, 10, 3.0, 40.0, shift=(0.5, 0.25))
    pixels, _ = camera.project(np.zeros((1, 3)), (100, 100))
    np.testing.assert_allclose(pixels[0], [75, 37.5], atol=1e-9)
