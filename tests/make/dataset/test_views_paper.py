"""The paper's views: a camera that stands still before a shape that turns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from latentmapper.cli import run
from latentmapper.errors import StoreError
from latentmapper.executors import ALONE
from latentmapper.make.dataset.framing import still_frame
from latentmapper.make.dataset.render_shapes import RenderItem, render_shapes
from latentmapper.make.dataset.view_recipe import PAPER, RECIPES, ViewRecipe
from latentmapper.make.dataset.views import Views
from tests.make.dataset.vehicles import toy_car
from tests.make.tiny_store import write_tiny_store

PLAIN = replace(PAPER, category="car", zoom=(1.0, 1.0), rotation=0.0)


def test_the_recipe_is_the_papers() -> None:
    assert PAPER.yaws == (0, 30, 60, 90, 120, 150, 180, 210, 240)
    assert RECIPES["views-paper-circle"].yaws[9:] == (270, 300, 330)
    height, width = PAPER.size
    assert ((height - 8) // 4 + 1) * ((width - 8) // 4 + 1) == 4235
    assert width / height == pytest.approx(7 / 5, rel=0.01)


def test_turning_the_shape_is_going_around_it() -> None:
    """What the camera sees of the turned points is what it sees from the front once they are turned."""
    points = np.random.default_rng(0).normal(0, 0.4, (50, 3))
    front = still_frame(0, np.random.default_rng(1), PLAIN).camera
    for yaw in PAPER.yaws:
        angle = np.radians(yaw)
        turned = np.stack(
            [
                np.cos(angle) * points[:, 0] + np.sin(angle) * points[:, 2],
                points[:, 1],
                np.cos(angle) * points[:, 2] - np.sin(angle) * points[:, 0],
            ],
            axis=1,
        )
        around = still_frame(yaw, np.random.default_rng(1), PLAIN).camera
        np.testing.assert_allclose(
            around.project(points, PAPER.size)[0], front.project(turned, PAPER.size)[0], atol=1e-6
        )


def test_zoom_and_rotation_vary_and_the_shape_stays_inside() -> None:
    cameras = [still_frame(0, np.random.default_rng(i), PAPER).camera for i in range(60)]
    assert len({camera.distance for camera in cameras}) == 1
    assert {camera.elevation for camera in cameras} == {15}
    assert min(camera.roll for camera in cameras) < -5 and max(camera.roll for camera in cameras) > 5
    slopes = np.tan(np.radians([camera.fov for camera in cameras]) / 2)
    assert 1.3 < slopes.max() / slopes.min() <= 1.25 / 0.8 + 1e-9
    ball = np.random.default_rng(0).normal(size=(200, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    closest = cameras[int(slopes.argmin())]
    pixels, _ = closest.project(ball, PAPER.size)
    assert (pixels >= -3).all() and (pixels <= np.array(PAPER.size[::-1]) + 3).all()


def test_pictures_are_as_wide_as_the_recipe_says_and_come_back(tmp_path: Path) -> None:
    recipe = replace(PLAIN, views=2, yaws=(0.0, 90.0))
    render_shapes([RenderItem("car", *toy_car())], tmp_path, recipe, ALONE)
    views = Views.open(tmp_path)
    front, side = views.load(views.records[0])
    assert front.image.shape == (224, 312, 3) and front.mask.shape == (224, 312)
    assert side.camera.azimuth == 270
    widths = [np.flatnonzero(view.mask.any(axis=0)).size for view in (front, side)]
    assert widths[1] > 1.5 * widths[0]  # a car is longer than it is wide
    with pytest.raises(StoreError, match="pictures of 224 x 312 pixels; a closer look wants 224 x 224"):
        views.require_squares()


def test_the_command_knows_the_recipe_by_name(tmp_path: Path, capsys) -> None:
    write_tiny_store(tmp_path / "store", shapes=1, samples=100)
    command = ["data", "render", str(tmp_path / "store"), "-o", str(tmp_path / "views"), "--workers", "1"]
    assert run([*command, "--recipe", "views-paper", "--rotation", "5"]) == 0
    assert "9 views of 1 shapes" in capsys.readouterr().out
    recipe = Views.open(tmp_path / "views").header["recipe"]
    assert (recipe["rotation"], recipe["zoom"], recipe["size"]) == (5, [0.8, 1.25], [224, 312])
    assert run([*command, "--recipe", "views-none"]) == 2


def test_folders_from_before_the_paper_s_recipe_are_gone_on_with(tmp_path: Path) -> None:
    item, recipe = RenderItem("car", *toy_car()), ViewRecipe("car", views=1)
    render_shapes([item], tmp_path, recipe, ALONE)
    header = json.loads((tmp_path / "views.json").read_text())
    for name in ("yaws", "zoom", "rotation", "size"):
        del header["recipe"][name]
    (tmp_path / "views.json").write_text(json.dumps(header))
    assert len(render_shapes([item], tmp_path, recipe, ALONE)) == 1
