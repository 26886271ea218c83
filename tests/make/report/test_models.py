"""Meshes as a page holds them."""

from base64 import b64decode

import numpy as np
import trimesh

from latentmapper.make.report.blocks import Model
from latentmapper.make.report.models import FACES, STEPS, TURNS, fewer, model
from latentmapper.shapes.mesh import Mesh


def mesh(made: trimesh.Trimesh) -> Mesh:
    return Mesh(np.asarray(made.vertices, np.float32), np.asarray(made.faces, np.int32))


def decoded(found: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions and normals (v, 3), faces (f, 3), as a browser reads them."""
    positions = np.frombuffer(b64decode(found.positions), "<i2").reshape(-1, 3) / STEPS
    normals = np.frombuffer(b64decode(found.normals), np.int8).reshape(-1, 4)[:, :3] / TURNS
    return positions, normals, np.frombuffer(b64decode(found.indices), "<u2").reshape(-1, 3)


def test_a_ball_stays_a_ball_with_fewer_faces():
    ball = mesh(trimesh.creation.icosphere(subdivisions=5))
    positions, normals, faces = decoded(model("ball", ball))
    assert 0.9 * FACES < len(faces) <= 1.02 * FACES < len(ball.faces)
    assert faces.max() == len(positions) - 1
    np.testing.assert_allclose(np.linalg.norm(positions, axis=1), 1, atol=0.01)
    assert (np.einsum("ij,ij->i", positions, normals) > 0.98).all()
    # Smooth: hardly more vertices than a closed surface of triangles needs.
    assert len(positions) < 0.6 * len(faces)


def test_a_box_keeps_its_corners_and_creases():
    box = mesh(trimesh.creation.box(extents=(1.0, 0.5, 1.5)))
    positions, normals, faces = decoded(model("box", box))
    assert len(faces) == 12 and len(positions) == 24
    assert np.sort(np.abs(normals), axis=1)[:, :2].max() < 0.01
    np.testing.assert_allclose(np.abs(positions), np.tile([0.5, 0.25, 0.75], (24, 1)), atol=1 / STEPS)


def test_meshes_whose_faces_share_nothing_are_cut_to_what_indices_can_name():
    rng = np.random.default_rng(0)
    corners = rng.uniform(-0.5, 0.5, (40_000, 1, 3)) + rng.uniform(-0.02, 0.02, (40_000, 3, 3))
    loose = Mesh(corners.reshape(-1, 3).astype(np.float32), np.arange(120_000, dtype=np.int32).reshape(-1, 3))
    few = fewer(loose, FACES)
    assert 0 < 3 * len(few.faces) < 2**16
    positions, _, faces = decoded(model("loose", loose))
    assert len(faces) == len(few.faces) and faces.max() < len(positions)


def test_what_lies_far_outside_of_the_unit_ball_is_cut_off():
    big = Mesh(np.array([[2, 0, 0], [0, 1.05, 0], [0, 0, 1]], np.float32), np.array([[0, 1, 2]], np.int32))
    highest = decoded(model("big", big))[0].max(0)
    np.testing.assert_allclose(highest, [1.092, 1.05, 1], atol=1e-3)
