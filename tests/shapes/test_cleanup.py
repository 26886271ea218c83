"""One closed, outward-facing, manifold shell, whatever comes in."""

import numpy as np
import pytest

from latentmapper.errors import MeshError, UsageError
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.decimation import decimate
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.manifold import accepted, refusal, voxel_union
from latentmapper.shapes.mesh import Mesh, require_usable
from tests.shapes.solids import Solid, ball, box_mesh, joined, torus, union


def test_the_smaller_of_two_balls_is_dropped_and_reported() -> None:
    field = Solid(union(ball(0.4, (0, 0, -0.3)), ball(0.2, (0, 0, 0.6))), symmetric=True)
    mesh, report = clean(extract(field, 64))
    assert checks(mesh).volume == pytest.approx(4 / 3 * np.pi * 0.4**3, rel=0.01)
    assert report.dropped.floaters == 1 and report.dropped.cavities == 0
    assert report.dropped.volume_share == pytest.approx(1 / 9, rel=0.02)
    assert report.dropped.area_share == pytest.approx(1 / 5, rel=0.02)
    assert report.warnings == ("1 separate part with 11% of the volume was dropped",)
    assert report.as_dict()["dropped"]["floaters"] == 1


def test_a_cavity_is_filled() -> None:
    hollow = Solid(lambda points: np.abs(ball(0.5)(points)) - 0.1)
    mesh, report = clean(extract(hollow, 64))
    assert report.dropped.cavities == 1 and report.dropped.floaters == 0
    assert report.warnings == ()
    assert checks(mesh).volume == pytest.approx(4 / 3 * np.pi * 0.6**3, rel=0.01)


def test_a_torus_is_kept_as_it_is() -> None:
    mesh, report = clean(extract(Solid(torus(0.6, 0.2)), 64))
    found = checks(mesh)
    assert (found.genus, found.components, found.watertight) == (1, 1, True)
    assert report.rebuilt is None


def test_an_inside_out_mesh_is_turned() -> None:
    box = box_mesh()
    mesh, report = clean(Mesh(box.vertices, box.faces[:, ::-1]))
    assert checks(mesh).volume == pytest.approx(8 * 0.2 * 0.1 * 0.9, rel=1e-5)
    assert report.dropped.cavities == 0


def test_an_open_mesh_is_rebuilt_from_voxels() -> None:
    box = box_mesh()
    mesh, report = clean(Mesh(box.vertices, box.faces[1:]))
    assert report.rebuilt == "NotManifold"
    assert (
        report.warnings[0] == "the surface was rebuilt from voxels, since manifold3d refused it: NotManifold"
    )
    assert checks(mesh).watertight and refusal(mesh) is None


def test_a_voxel_union_keeps_place_and_size() -> None:
    mesh = voxel_union(joined(box_mesh(), box_mesh((0.3, 0.3, 0.3))), cells=64)
    found = checks(mesh)
    assert (found.components, found.genus, found.watertight) == (1, 0, True)
    pitch = 1.8 / 64
    np.testing.assert_allclose(found.extent, [0.6, 0.6, 1.8], atol=1.5 * pitch)
    np.testing.assert_allclose(mesh.vertices.min(axis=0) + mesh.vertices.max(axis=0), 0, atol=pitch)


def test_vertices_in_which_pieces_touch_are_taken_apart() -> None:
    box = box_mesh((0.5, 0.5, 0.5))
    moved = Mesh(box.vertices + 1, box.faces)
    both = joined(box, moved)
    faces = both.faces.copy()
    faces[faces == 8] = 7
    touching = Mesh(both.vertices, faces)
    apart = accepted(touching)
    assert apart is not None and len(apart.vertices) == 16
    assert checks(touching).components == checks(apart).components == 2
    assert checks(touching).genus == 0


def test_of_boxes_that_share_an_edge_one_is_kept() -> None:
    box = box_mesh((0.5, 0.5, 0.5))
    places, inverse = np.unique(
        np.concatenate([box.vertices, box.vertices + np.array([1, 1, 0], np.float32)]),
        axis=0, return_inverse=True,
    )  # fmt: skip
    both = np.concatenate([box.faces, box.faces + len(box.vertices)])
    mesh, report = clean(Mesh(places, inverse.ravel()[both].astype(np.int32)))
    found = checks(mesh)
    assert found.watertight and found.components == 1 and found.volume == pytest.approx(1)
    assert report.rebuilt is None and report.dropped.floaters == 1
    assert report.dropped.volume_share == report.dropped.area_share == pytest.approx(0.5)
    assert report.warnings == ("1 separate part with 50% of the volume was dropped",)


def test_a_face_without_a_side_is_left_out() -> None:
    box = box_mesh()
    mesh, report = clean(Mesh(box.vertices, np.concatenate([box.faces, [[0, 0, 1]]]).astype(np.int32)))
    assert checks(mesh).watertight and len(mesh.faces) == 12 and report.rebuilt is None


def test_a_sheet_too_thin_for_voxels_is_refused() -> None:
    corners = np.array([[0, 0, 0], [1e6, 0, 0], [0, 1e-6, 0]], np.float32)
    with pytest.raises(MeshError, match="too thin to be rebuilt from voxels"):
        clean(Mesh(corners, np.array([[0, 1, 2]], np.int32)))


def test_what_collapses_to_nothing_is_collapsed_more_carefully() -> None:
    sheet = clean(Mesh(np.eye(3, dtype=np.float32), np.array([[0, 1, 2]], np.int32)))[0]
    mesh, warnings = decimate(sheet, 100)
    assert checks(mesh).watertight and len(mesh.faces) == 100 and not warnings


@pytest.mark.parametrize("budget", [2000, 500, 100])
def test_decimation_meets_the_budget_and_stays_manifold(budget: int) -> None:
    surface = extract(Solid(torus(0.6, 0.2), symmetric=True), 64)
    mesh, report = clean(surface, budget)
    assert abs(len(mesh.faces) - budget) <= 0.02 * budget
    assert report.warnings == ()
    found = checks(mesh)
    assert found.watertight and found.genus == 1 and refusal(mesh) is None
    assert found.volume == pytest.approx(2 * np.pi**2 * 0.6 * 0.2**2, rel=0.15)


def test_a_mesh_within_its_budget_is_left_alone() -> None:
    box = box_mesh()
    mesh, warnings = decimate(box, 100)
    assert mesh is box and warnings == []


def test_a_missed_budget_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = clean(extract(Solid(ball(0.5)), 32))[0]
    monkeypatch.setattr("latentmapper.shapes.decimation._collapse", lambda *_: None)
    kept, warnings = decimate(mesh, 100)
    assert kept is mesh
    assert warnings == [f"decimation to 100 faces stopped at {len(mesh.faces)} to keep the mesh manifold"]


def test_a_tiny_budget_is_refused() -> None:
    with pytest.raises(UsageError, match="--faces must be at least 100, not 50"):
        decimate(box_mesh(), 50)


def test_unusable_meshes_are_refused() -> None:
    box = box_mesh()
    with pytest.raises(MeshError, match="the mesh has no faces"):
        clean(Mesh(box.vertices, np.empty((0, 3), np.int32)))
    with pytest.raises(MeshError, match="not finite"):
        clean(Mesh(np.full_like(box.vertices, np.nan), box.faces))
    with pytest.raises(MeshError, match="zero area"):
        clean(Mesh(np.zeros_like(box.vertices), box.faces))
    with pytest.raises(MeshError, match="a vertex it does not have"):
        require_usable(Mesh(box.vertices[:5], box.faces))
