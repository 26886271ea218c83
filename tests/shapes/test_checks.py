"""What `checks` says about meshes that are known exactly."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentmapper.shapes.checks import checks
from latentmapper.shapes.manifold import refusal
from latentmapper.shapes.mesh import Mesh, compact
from latentmapper.shapes.topology import edge_twins
from tests.shapes.solids import box_mesh, joined


def test_a_box() -> None:
    found = checks(box_mesh((0.2, 0.1, 0.9)))
    assert found.watertight and found.components == 1 and found.genus == 0
    assert found.volume == pytest.approx(0.4 * 0.2 * 1.8)
    assert found.area == pytest.approx(2 * (0.4 * 0.2 + 0.4 * 1.8 + 0.2 * 1.8))
    assert found.extent == pytest.approx((0.4, 0.2, 1.8))
    assert (found.vertices, found.faces) == (8, 12)


def test_two_boxes_and_a_vertex_that_nothing_uses() -> None:
    box = box_mesh()
    both = joined(box, Mesh(box.vertices + 3, box.faces))
    found = checks(Mesh(np.vstack([both.vertices, [[9, 9, 9]]]).astype(np.float32), both.faces))
    assert (found.components, found.genus, found.vertices) == (2, 0, 16)
    assert max(found.extent) < 9


def test_an_open_box() -> None:
    box = box_mesh()
    found = checks(Mesh(box.vertices, box.faces[2:]))
    assert not found.watertight and found.genus is None and found.components == 1


def test_a_face_turned_round_is_not_watertight() -> None:
    box = box_mesh()
    faces = box.faces.copy()
    faces[0] = faces[0, ::-1]
    assert not checks(Mesh(box.vertices, faces)).watertight


def test_no_faces() -> None:
    found = checks(Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)))
    assert not found.watertight and found.components == 0 and found.extent == (0, 0, 0)


def test_checks_are_plain_values() -> None:
    assert json.loads(json.dumps(checks(box_mesh()).as_dict()))["watertight"] is True


def test_twins_run_the_other_way() -> None:
    faces = box_mesh().faces
    twins = edge_twins(faces)
    assert twins is not None
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    assert (start[twins] == end).all() and (end[twins] == start).all()


def naive_twins(faces: np.ndarray) -> list[int] | None:
    """The opposite of every directed edge, by looking at all of them."""
    edges = [(face[i], face[(i + 1) % 3]) for face in faces.tolist() for i in range(3)]
    opposite = [[k for k, other in enumerate(edges) if other == (b, a)] for a, b in edges]
    alone = len(set(edges)) == len(edges) and all(a != b for a, b in edges)
    return [found[0] for found in opposite] if alone and all(map(len, opposite)) else None


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_twins_are_those_of_the_naive_method_and_make_a_solid(seed: int) -> None:
    """Closed meshes, some with vertices that are merged, faces that are turned, doubled or missing."""
    rng = np.random.default_rng(seed)
    mesh = joined(box_mesh(), box_mesh((0.3, 0.3, 0.3)))
    faces = mesh.faces[rng.permutation(len(mesh.faces))]
    if rng.random() < 0.5:
        faces = np.where(faces == rng.integers(16), rng.integers(16), faces)
    if rng.random() < 0.3:
        faces[0] = faces[0, ::-1]
    if rng.random() < 0.3:
        faces = faces[1:] if rng.random() < 0.5 else np.concatenate([faces, faces[:1]])
    twins, expected = edge_twins(faces), naive_twins(faces)
    assert twins is None if expected is None else twins is not None and twins.tolist() == expected
    assert twins is None or refusal(Mesh(mesh.vertices, faces)) is None


def test_compact_drops_unused_vertices_only() -> None:
    box = box_mesh()
    padded = np.vstack([[[5, 5, 5]], box.vertices])
    mesh = compact(padded, box.faces + 1)
    assert (mesh.vertices == box.vertices).all() and (mesh.faces == box.faces).all()
