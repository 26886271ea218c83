"""Points seen from outside: what is hidden stays out, what is seen is covered evenly."""

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MeshError
from latentmapper.make.evaluation.visible import (
    sample_surface,
    seen_from_outside,
    unit_radius,
    visible_points,
)
from latentmapper.shapes.mesh import Mesh


def mesh_of(*parts: trimesh.Trimesh) -> Mesh:
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
    vertices = np.concatenate([part.vertices for part in parts])
    return Mesh(vertices.astype(np.float32), np.concatenate(faces).astype(np.int32))


def test_unit_radius_centres_the_box_and_ignores_unused_vertices():
    ball = trimesh.creation.icosphere(subdivisions=3, radius=2.5)
    ball.apply_translation((5, -3, 1))
    mesh = mesh_of(ball)
    stray = Mesh(np.append(mesh.vertices, np.full((1, 3), 99, np.float32), axis=0), mesh.faces)
    for given in (mesh, stray):
        radii = np.linalg.norm(unit_radius(given).vertices, axis=1)
        np.testing.assert_allclose(radii, 1, atol=1e-3)


def test_a_ball_inside_a_ball_is_not_seen():
    outer, inner = trimesh.creation.icosphere(3, 1.0), trimesh.creation.icosphere(3, 0.8)
    points = visible_points(mesh_of(outer, inner), count=1000, viewpoints=32, seed=0)
    assert points.shape == (1000, 3)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=0.01)


def test_what_an_opening_shows_is_seen_from_within_the_opening_only():
    box = trimesh.creation.box((2, 2, 2))
    box.update_faces(box.face_normals[:, 1] < 0.5)
    mesh = mesh_of(box)
    on_the_floor = np.array([[0, -1 + 2e-4, 0]], np.float32)
    assert seen_from_outside(mesh, on_the_floor, viewpoints=64).all()
    lid = trimesh.creation.box((2, 0.01, 2))
    lid.apply_translation((0, 1, 0))
    closed = mesh_of(box, lid)
    assert not seen_from_outside(closed, on_the_floor, viewpoints=64).any()


def test_samples_are_uniform_within_a_triangle():
    corners = np.array([[0, 0, 0], [3, 0, 0], [0, 3, 0]], np.float32)
    triangle = Mesh(corners, np.array([[0, 1, 2]], np.int32))
    points = sample_surface(triangle, 6000, np.random.default_rng(0)).points
    np.testing.assert_allclose(points.mean(0), [1, 1, 0], atol=0.04)
    # The middles of its sides cut it into four triangles of one size, three of them at its corners.
    for share in (points.sum(1) < 1.5, points[:, 0] > 1.5, points[:, 1] > 1.5):
        assert share.mean() == pytest.approx(1 / 4, abs=0.02)


def test_samples_are_uniform_by_area():
    mesh = mesh_of(trimesh.creation.box((2, 2, 2)))
    samples = sample_surface(mesh, 6000, np.random.default_rng(1))
    points = samples.points
    np.testing.assert_allclose(np.abs(points).max(1), 1, atol=1e-6)
    on_top = (points[:, 1] > 1 - 1e-6).mean()
    assert on_top == pytest.approx(1 / 6, abs=0.02)
    np.testing.assert_allclose(points.mean(0), 0, atol=0.05)
    # On a box, the normal is the axis along which the point lies farthest out.
    np.testing.assert_allclose(samples.normals, np.where(np.abs(points) > 1 - 1e-6, points, 0), atol=1e-5)


def test_same_seed_same_points():
    mesh = mesh_of(trimesh.creation.icosphere(2))
    first, second, other = (visible_points(mesh, 100, 16, seed) for seed in (3, 3, 4))
    assert (first == second).all()
    assert (first != other).any()


def test_a_mesh_without_faces_is_refused():
    with pytest.raises(MeshError, match="no faces"):
        visible_points(Mesh(np.zeros((3, 3), np.float32), np.zeros((0, 3), np.int32)), 10, 8, 0)
