"""The outline lies where the mesh is: of known cameras, of boxes, and nowhere else in the photo."""

import numpy as np
import pytest

from latentmapper.render.camera import Camera
from latentmapper.render.overlay import DISTANCE, HALO, LINE, camera_for, overlay, silhouette
from latentmapper.view import View
from tests.shapes.solids import box_mesh

SIZE = (180, 320)
CAR = box_mesh((0.4, 0.3, 0.85))


def _box_of(coverage: np.ndarray) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(coverage.any(1)), np.flatnonzero(coverage.any(0))
    height, width = coverage.shape
    return rows[0] / height, columns[0] / width, (rows[-1] + 1) / height, (columns[-1] + 1) / width


@pytest.mark.parametrize("azimuth", [0.0, 40.0, 90.0, 220.0])
@pytest.mark.parametrize("roll", [-8.0, 0.0, 5.0])
def test_the_camera_of_a_picture_is_found_again(azimuth: float, roll: float) -> None:
    truth = Camera(azimuth, 15.0, DISTANCE, 55.0, roll, shift=(0.2, -0.1))
    shown = silhouette(CAR.vertices, CAR.faces, truth, SIZE) > 0.5
    view = View(azimuth, 15.0, roll, 1.0)
    found = silhouette(CAR.vertices, CAR.faces, camera_for(CAR.vertices, view, _box_of(shown), SIZE), SIZE)
    assert ((found > 0.5) & shown).sum() / ((found > 0.5) | shown).sum() > 0.96


@pytest.mark.parametrize("shift", [(0.2, -0.35), (0.0, 0.35), (0.75, 0.0), (-0.75, 0.0)])
def test_an_object_that_the_photo_cuts_is_placed_by_the_ends_that_are_its_own(
    shift: tuple[float, float],
) -> None:
    truth = Camera(40.0, 15.0, DISTANCE, 55.0, shift=shift)
    shown = silhouette(CAR.vertices, CAR.faces, truth, SIZE) > 0.5
    box = _box_of(shown)
    assert min(*box[:2], 1 - box[2], 1 - box[3]) < 0.01
    camera = camera_for(CAR.vertices, View(40.0, 15.0, 0.0, 1.0), box, SIZE)
    assert camera.fov == pytest.approx(55, rel=0.02)
    assert camera.shift == pytest.approx(shift, abs=0.02)


@pytest.mark.parametrize("box", [(0.1, 0.2, 0.6, 0.5), (0.02, 0.02, 0.98, 0.98), (0.5, 0.6, 0.7, 0.65)])
def test_the_mesh_is_centred_in_the_box_and_as_large(box: tuple[float, float, float, float]) -> None:
    camera = camera_for(CAR.vertices, View(30.0, 10.0, 0.0, 1.0), box, SIZE)
    points, depth = camera.project(CAR.vertices, SIZE)
    corners = np.array([[box[1], box[0]], [box[3], box[2]]]) * SIZE[::-1]
    low, high = points.min(0), points.max(0)
    np.testing.assert_allclose((low + high) / 2, corners.mean(0), atol=0.5)
    assert np.prod(high - low) == pytest.approx(np.prod(corners[1] - corners[0]), rel=0.02)
    assert depth.min() > 0


def test_the_line_runs_around_what_is_covered() -> None:
    photo = np.full((*SIZE, 3), 0.5, np.float32)
    coverage = np.zeros(SIZE, np.float32)
    coverage[60:120, 100:220] = 1
    drawn = overlay(photo, coverage)
    assert drawn.shape == (*SIZE, 3) and drawn.dtype == np.uint8
    changed = np.abs(drawn.astype(int) - 128).max(-1) > 2
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == pytest.approx((58, 121, 98, 221), abs=1)
    assert not changed[65:115, 105:215].any()
    line = np.round(np.array(LINE) * 255)
    for place in ((60, 160), (119, 160), (90, 100), (90, 219)):
        assert np.abs(drawn[place] - line).max() <= 2, place
    for place in ((58, 160), (121, 160), (90, 98), (90, 221)):
        np.testing.assert_array_equal(drawn[place], np.round(np.array(HALO) * 255))


def test_a_mesh_that_the_photo_cuts_has_no_line_along_the_edge() -> None:
    photo = np.full((*SIZE, 3), 0.5, np.float32)
    coverage = np.zeros(SIZE, np.float32)
    coverage[60:, 100:220] = 1
    drawn = overlay(photo, coverage)
    assert (drawn[-1, 110:210] == 128).all() and (drawn[60, 160] != 128).any()


@pytest.mark.parametrize("coverage", [0.0, 1.0])
def test_where_no_outline_is_the_photo_stays(coverage: float) -> None:
    photo = np.random.default_rng(0).random((*SIZE, 3)).astype(np.float32)
    drawn = overlay(photo, np.full(SIZE, coverage))
    np.testing.assert_array_equal(drawn, np.round(photo * 255).astype(np.uint8))
