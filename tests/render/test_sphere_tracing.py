"""Sphere tracing sees what is there: a ball's depth in closed form, and what ray casting sees of its mesh."""

import numpy as np

from latentmapper.render.camera import Camera
from latentmapper.render.raycast import raycast
from latentmapper.render.sphere_tracing import sphere_trace
from latentmapper.shapes.extraction import extract
from tests.shapes.solids import Solid, ball, clamped, slab, torus, union

CAMERA = Camera(azimuth=30, elevation=20, distance=3, fov=45)


def test_depth_of_a_ball() -> None:
    depth = sphere_trace(Solid(clamped(ball(0.5))), CAMERA, (32, 48), tolerance=1e-5)
    origins, directions = CAMERA.rays((32, 48))
    along = -(origins * directions).sum(1).astype(np.float64)
    under_root = along**2 - (9 - 0.25)
    expected = np.where(under_root > 0, along - np.sqrt(under_root.clip(0)), np.inf).reshape(32, 48)
    clear = np.abs(under_root).reshape(32, 48) > 0.01
    np.testing.assert_allclose(depth[clear], expected[clear], atol=1e-3)
    assert np.isfinite(depth).sum() > 50 and np.isinf(depth).any()


def test_it_sees_the_mesh_of_a_field() -> None:
    field = Solid(clamped(union(torus(0.6, 0.15), slab((0.1, 0.5, 0.2)))))
    surface = extract(field, 128)
    traced = sphere_trace(field, CAMERA, (100, 100))
    cast = raycast(surface.vertices, surface.faces, CAMERA, (100, 100)).depth
    both = np.isfinite(traced) & np.isfinite(cast)
    assert both.sum() > 0.97 * (np.isfinite(traced) | np.isfinite(cast)).sum() > 500
    assert np.percentile(np.abs(traced[both] - cast[both]), 90) < 0.01


def test_a_ray_past_the_box_meets_nothing() -> None:
    away = Camera(azimuth=0, elevation=0, distance=3, fov=10, target=(0, 9, 0))
    assert np.isinf(sphere_trace(Solid(ball(0.5)), away, (4, 4))).all()
