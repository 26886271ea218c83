"""What a view head gives, in the terms of the camera."""

import numpy as np
import pytest

from latentmapper.errors import PackError
from latentmapper.render.camera import Camera
from latentmapper.view import View, tells_view


@pytest.mark.parametrize("azimuth", [0.0, 35.0, 90.0, 179.0, 215.0, 300.0])
@pytest.mark.parametrize("elevation", [-20.0, 0.0, 55.0])
def test_the_direction_of_a_camera_gives_its_angles(azimuth: float, elevation: float) -> None:
    camera = Camera(azimuth, elevation, 3.0, 30.0, roll=12.0)
    view = View.of(np.array([*(-0.8 * camera.axes[2]), 1.2]))
    assert (view.azimuth, view.elevation, view.roll) == pytest.approx((azimuth, elevation, 12.0))
    assert view.confidence == pytest.approx(0.8)


def test_without_roll_the_photo_is_upright() -> None:
    view = View.of(np.array([0.0, 0.0, 3.0], np.float32))
    assert view == View(0.0, 0.0, 0.0, 1.0)
    assert view.to_json() == {"azimuth": 0.0, "elevation": 0.0, "roll": 0.0, "confidence": 1.0}


def test_no_direction_at_all_is_no_confidence() -> None:
    assert View.of(np.zeros(3)).confidence == 0.0


def test_a_view_that_is_hardly_known_is_told() -> None:
    assert View.of(np.array([0.0, 0.0, 0.2])).doubts == ("unsure from where the photo was taken",)
    assert View.of(np.array([0.0, 0.0, 0.4])).doubts == ()


def test_packs_say_whether_they_tell_it() -> None:
    assert not tells_view({"id": "old"})
    assert tells_view({"id": "new", "view": ["x", "y", "z"]})
    assert tells_view({"id": "new", "view": ["x", "y", "z", "roll"]})
    with pytest.raises(PackError, match="pack newer tells the view in other numbers; pip install -U"):
        tells_view({"id": "newer", "view": ["qw", "qx", "qy", "qz"]})
