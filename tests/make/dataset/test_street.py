"""A street stands behind the object, on the ground, and leaves the rest of the picture as it was."""

import numpy as np
import pytest

from latentmapper.make.dataset import street
from latentmapper.make.dataset.lighting import random_sky
from latentmapper.make.dataset.street import Front, paint_street, shade_of_trees
from latentmapper.render.camera import Camera

SIZE = (48, 64)
HALF = np.array([0.4, 0.3, 1.0], np.float32)
GROUND = -0.3


@pytest.fixture(scope="module")
def rays():
    return Camera(90.0, 5.0, 4.0, 40.0).rays(SIZE)


@pytest.mark.parametrize("seed", range(12))
def test_the_front_stands_behind_the_object(rays, seed) -> None:
    origins, directions = rays
    front = street._front(origins, directions, HALF, GROUND, np.random.default_rng(seed))
    rows = front.rows[np.abs(directions[front.rows, 1]) > 0.02]
    heights = front.height[np.abs(directions[front.rows, 1]) > 0.02]
    reach = (GROUND + heights - origins[rows, 1]) / directions[rows, 1]
    met = origins[rows] + reach[:, None] * directions[rows]
    edge = met[met[:, 2].argmax()] - met[met[:, 2].argmin()]
    normal = np.array([edge[2], 0, -edge[0]]) / np.hypot(edge[0], edge[2])
    normal *= np.sign((met[0] - origins[0]) @ normal)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * HALF
    assert ((met[0] - corners) @ normal > 0).all()
    np.testing.assert_allclose((met - met[0]) @ normal, 0, atol=1e-3)


def test_the_ground_before_the_street_is_left_alone(rays) -> None:
    colors = np.full((SIZE[0] * SIZE[1], 3), 7.0, np.float32)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        paint_street(colors, rays, HALF, GROUND, random_sky(rng), rng)
    picture = colors.reshape(*SIZE, 3)
    assert (picture[-1] == 7).all()
    assert (picture[SIZE[0] // 2 - 4] != 7).any() and np.isfinite(picture).all() and picture.min() >= 0


def test_every_layer_colours_what_it_covers() -> None:
    along, height = np.meshgrid(np.linspace(-2, 2, 50), np.linspace(0.01, 3, 40))
    front = Front(np.arange(2000), along.ravel().astype(np.float32), height.ravel().astype(np.float32))
    for layer in street._SHARES:
        covered, albedo = layer(front, np.random.default_rng(3))
        assert 0.005 < covered.mean() < 1 and albedo.shape == (2000, 3)
        assert albedo[covered].min() >= 0 and np.ptp(albedo[covered]) > 0


def test_trees_shade_some_of_the_ground() -> None:
    x, z = np.meshgrid(np.linspace(-5, 5, 80), np.linspace(-5, 5, 80))
    points = np.stack([x.ravel(), np.zeros(x.size), z.ravel()], 1).astype(np.float32)
    for seed in range(10):
        factors = shade_of_trees(points, np.random.default_rng(seed))
        assert factors.max() == pytest.approx(1, abs=1e-6) and 0.19 < factors.min() < 0.8
