"""Where distances are measured, and which points are seen."""

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MeshError
from latentmapper.make.dataset.rays import Occluder
from latentmapper.make.dataset.sampling import BOX, on_faces, sample_points, seen_points, seen_side
from tests.make.dataset.solids import arrays, box, floorless

RNG = np.random.default_rng(0)


def test_points_are_spread_by_area():
    vertices, faces = arrays(box((1, 1, 1)), box((3, 3, 3), (10, 0, 0)))
    points, owners = on_faces(vertices, faces, 20_000, RNG)
    assert np.mean(points[:, 0] > 5) == pytest.approx(0.9, abs=0.01)
    assert (np.abs(vertices[faces[owners]] - points[:, None]).max(axis=(1, 2)) <= 3).all()


def test_samples_grow_denser_towards_the_surface():
    surface = RNG.normal(size=(5000, 3))
    surface *= 0.5 / np.linalg.norm(surface, axis=1, keepdims=True)
    points = sample_points(surface, 20_000, RNG)
    away = np.abs(np.linalg.norm(points, axis=1) - 0.5)
    density = [np.mean((away >= low) & (away < high)) / (high - low) for low, high in
               ((0, 0.005), (0.005, 0.02), (0.02, 0.06), (0.06, 0.2))]  # fmt: skip
    assert points.shape == (20_000, 3) and points.dtype == np.float32
    assert density == sorted(density, reverse=True) and density[0] > 10 * density[-1]
    assert np.abs(points).max() <= BOX + 1e-6 and np.ptp(points, axis=0).min() > 2


def test_hidden_points_are_left_out():
    vertices, faces = arrays(trimesh.creation.icosphere(3, 0.9), box((0.4, 0.4, 0.4)))
    seen = seen_points(vertices, faces, Occluder(vertices, faces), 2000, RNG)
    assert seen.points.shape == seen.normals.shape == (2000, 3)
    assert np.linalg.norm(seen.points, axis=1).min() > 0.85
    assert (np.einsum("ij,ij->i", seen.points, seen.normals) > 0.8).all()


def test_normals_face_the_viewer_even_inside_a_body():
    vertices, faces = floorless()
    place, outward = np.array([[0.4, -0.25, 0.0]]), np.array([[1.0, 0, 0]])
    ceiling = np.array([[0.0, 0.3, 0.0]]), np.array([[0.0, 1.0, 0]])
    occluder = Occluder(vertices, faces)
    assert seen_side(place, outward, occluder).tolist() == [1]
    assert seen_side(place, -outward, occluder).tolist() == [-1]
    assert seen_side(*ceiling, occluder).tolist() == [1]


def test_a_mesh_hidden_from_all_sides_is_refused():
    vertices, faces = arrays(box((0.4, 0.4, 0.4)))
    with pytest.raises(MeshError, match="no part of the mesh is seen from outside"):
        seen_points(vertices, faces, Occluder(*arrays(box((0.6, 0.6, 0.6)))), 100, RNG)
