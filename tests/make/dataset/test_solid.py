"""The solid: what hardly any outside ray reaches is inside, and distances are to its outer surface."""

import numpy as np
import pytest
import trimesh

from latentmapper.make.dataset.solid import SHEET, visible_solid, watertight_solid
from tests.make.dataset.solids import (
    MeshArrays,
    arrays,
    biplane,
    box,
    floorless,
    lined,
    open_windows,
    pickup_bed,
    sheet,
)


def distances(mesh: MeshArrays, *points: tuple[float, float, float]) -> list[float]:
    return visible_solid(*mesh, np.random.default_rng(0)).distance(np.array(points)).tolist()


def sphere() -> trimesh.Trimesh:
    return trimesh.creation.icosphere(4, 0.8)


@pytest.mark.parametrize("turned_inside_out", [False, True])
def test_a_sphere_has_its_radius_whichever_way_it_faces(turned_inside_out: bool):
    mesh = sphere()
    if turned_inside_out:
        mesh.invert()
    points = np.random.default_rng(1).normal(size=(500, 3)) * 0.5
    solid = visible_solid(*arrays(mesh), np.random.default_rng(0))
    np.testing.assert_allclose(solid.distance(points), np.linalg.norm(points, axis=1) - 0.8, atol=3e-3)


@pytest.fixture(scope="module")
def crossed() -> tuple[MeshArrays, np.ndarray, np.ndarray]:
    """Two boxes through each other; points, and their distances to the solid."""
    mesh = arrays(box((0.8, 0.6, 1.9)), box((0.3, 0.9, 0.5)))
    points = np.random.default_rng(1).uniform(-1, 1, (500, 3))
    return mesh, points, visible_solid(*mesh, np.random.default_rng(0)).distance(points)


@pytest.mark.parametrize("copies", [("front", "back"), ("front", "front"), ("front", "back", "back")])
def test_a_double_sided_mesh_is_the_same_solid(
    copies: tuple[str, ...], crossed: tuple[MeshArrays, np.ndarray, np.ndarray]
):
    (vertices, faces), points, wanted = crossed
    doubled = np.concatenate([faces if copy == "front" else faces[:, ::-1] for copy in copies])
    apart = doubled.reshape(-1)  # corners of its own for every face, as in STL
    loose = vertices[apart], np.arange(len(apart)).reshape(-1, 3)
    for mesh in ((vertices, doubled), loose):
        found = visible_solid(*mesh, np.random.default_rng(0)).distance(points)
        np.testing.assert_allclose(found, wanted, atol=0.02)


def test_a_watertight_mesh_needs_no_sky():
    solid = watertight_solid(*arrays(sphere()))
    assert solid.distance(np.array([[0, 0, 0], [0, 0.9, 0]])) == pytest.approx([-0.8, 0.1], abs=3e-3)


def test_random_face_directions_do_not_matter():
    vertices, faces = arrays(sphere())
    flipped = np.random.default_rng(2).random(len(faces)) < 0.5
    faces[flipped] = faces[flipped, ::-1]
    assert distances((vertices, faces), (0, 0, 0), (0, 0.9, 0)) == pytest.approx([-0.8, 0.1], abs=3e-3)


@pytest.mark.parametrize("mesh", [floorless, lined])
def test_an_open_floor_is_closed_flat(mesh):
    inside, floor, below, low = distances(mesh(), (0, 0, 0), (0, -0.3, 0), (0, -0.4, 0), (0, -0.2, 0))
    assert inside == pytest.approx(-0.3, abs=0.02)
    assert (floor, below, low) == pytest.approx((0, 0.1, -0.1), abs=0.02)


def test_open_windows_do_not_hollow_the_cabin():
    cabin, seat, tub, beside = distances(
        open_windows(), (0, 0.15, 0), (0, -0.1, 0), (0, -0.2, 0.6), (0.6, 0.15, 0)
    )
    assert cabin < -0.05 and beside > 0.15
    assert seat == pytest.approx(-0.2, abs=0.03)  # the seat is no surface: the floor at -0.3 is the nearest
    assert tub == pytest.approx(-0.1, abs=0.01)


def test_inner_parts_are_no_surface():
    mesh = arrays(sphere(), box((0.2, 0.2, 0.2)))
    assert distances(mesh, (0.1, 0, 0), (0, 0, 0)) == pytest.approx([-0.7, -0.8], abs=5e-3)


def test_overlapping_parts_are_one():
    mesh = arrays(box((0.5, 0.5, 1.0)), box((1.6, 0.5, 0.5)))
    assert distances(mesh, (0, 0, 0), (0.25, 0, 0)) == pytest.approx([-0.25, -0.25], abs=5e-3)


def test_the_gap_between_two_wings_stays_open():
    gap, wing = distances(biplane(), (0, 0, 0), (0.5, 0.125, 0.05))
    assert gap == pytest.approx(0.11, abs=0.01) and wing < 0


def test_a_bed_with_walls_stays_hollow():
    bed, wall = distances(pickup_bed(), (0, 0.05, 0), (0.385, -0.05, 0.2))
    assert bed > 0.1 and wall < 0


@pytest.mark.parametrize("both_sides", [False, True])
def test_a_sheet_keeps_a_thin_body(both_sides: bool):
    places = [(0, 0, 0), (0.3, 0.05, 0), (0.3, -0.05, 0)]
    assert distances(sheet(both_sides), *places) == pytest.approx(
        [-SHEET, 0.05 - SHEET, 0.05 - SHEET], abs=1e-6
    )


def test_a_thin_plate_is_no_thinner_than_a_sheet():
    inside, above = distances(arrays(box((1.6, 0.004, 0.6))), (0, 0, 0), (0.3, 0.1, 0.1))
    assert inside == pytest.approx(-SHEET, abs=1e-3) and above == pytest.approx(0.1 - SHEET, abs=1e-3)
