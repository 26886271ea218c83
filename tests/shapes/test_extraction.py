"""Sparse extraction: right on solids that are known exactly, and the same as dense extraction on others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import marching_cubes

from latentmapper.errors import MeshError, UsageError
from latentmapper.shapes.checks import checks
from latentmapper.shapes.extraction import COARSEST, extract, extract_dense
from latentmapper.shapes.lattice import Lattice
from tests.shapes.solids import (
    Solid,
    airframe,
    assert_same_surface,
    ball,
    clamped,
    random_triplane,
    slab,
    torus,
    union,
)


def test_a_ball_comes_back_with_its_radius_and_volume() -> None:
    surface = extract(Solid(ball(0.7), symmetric=True), 64)
    radii = np.linalg.norm(surface.vertices, axis=1)
    assert np.abs(radii - 0.7).max() < 1e-3
    found = checks(surface)
    assert found.watertight and found.genus == 0 and found.components == 1
    assert found.volume == pytest.approx(4 / 3 * np.pi * 0.7**3, rel=3e-3)


def test_a_torus_keeps_its_hole() -> None:
    assert checks(extract(Solid(torus(0.6, 0.2), symmetric=True), 64)).genus == 1


@pytest.mark.parametrize(
    ("resolution", "symmetric"), [(64, False), (64, True), (128, True), (136, True), (152, False)]
)
def test_thin_parts_are_those_of_dense_extraction(resolution: int, symmetric: bool) -> None:
    field = Solid(clamped(airframe()), symmetric)
    surface = extract(field, resolution)
    assert_same_surface(surface, extract_dense(field, resolution))
    assert np.abs(surface.vertices[:, 0]).max() == pytest.approx(0.7, abs=0.02)
    assert surface.report.share_of_dense < 0.25


def test_a_thin_slab_survives() -> None:
    surface = extract(Solid(clamped(slab((0.7, 0.005, 0.6))), symmetric=True), 64)
    assert np.ptp(surface.vertices, axis=0) == pytest.approx([1.4, 0.01, 1.2], abs=2.06 / 64)
    assert checks(surface).watertight


def test_a_small_ball_in_the_middle_of_a_coarse_cell_is_found() -> None:
    middle = tuple(-1.03 + 2.06 / COARSEST * np.array([12.5, 12.5, 10.5]))
    field = Solid(clamped(union(ball(0.4), ball(0.034, middle))))
    assert checks(extract(field, 64)).components == 2


@pytest.mark.parametrize("resolution", [257, 264, 280, 328])
def test_lattices_double_to_the_finest(resolution: int) -> None:
    surface = extract(Solid(clamped(ball(0.5)), symmetric=True), resolution)
    assert surface.lattice.cells == -(-resolution // 8) * 8
    assert np.linalg.norm(surface.vertices, axis=1) == pytest.approx(0.5, abs=1e-3)


def test_a_surface_that_leaves_the_cells_looked_into_is_followed() -> None:
    def steep(points: np.ndarray) -> np.ndarray:
        """Far steeper than a distance, but for a small part of the surface."""
        factor = np.where(points[:, 2] > 0.5, 1, 30)
        return ball(0.8)(points) * factor

    field = Solid(steep)
    assert_same_surface(extract(field, 64), extract_dense(field, 64))


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), symmetric=st.booleans())
def test_random_triplanes_give_closed_surfaces_equal_to_dense_ones(seed: int, symmetric: bool) -> None:
    """What has no meaning as a distance is only found where the first lattice is the last."""
    field = random_triplane(seed, symmetric=symmetric)
    try:
        dense = extract_dense(field, 24)
    except MeshError:
        return
    surface = extract(field, 24)
    assert_same_surface(surface, dense)
    assert checks(surface).watertight


def test_dense_extraction_is_plain_marching_cubes() -> None:
    field = Solid(union(ball(0.5), ball(0.4, (0, 0.5, 0.3))))
    lattice = Lattice(24, half=False)
    x, y, z = np.meshgrid(*lattice.axes, indexing="ij")
    values = field.evaluate(np.stack([x, y, z], axis=-1).reshape(-1, 3)).reshape(lattice.shape)
    vertices, faces, _, _ = marching_cubes(values, 0.0, spacing=(2.06 / 24,) * 3)
    surface = extract_dense(field, 24)
    assert (surface.faces == faces).all()
    np.testing.assert_allclose(surface.vertices, vertices - 1.03, atol=1e-6)


def test_mirroring_gives_the_surface_of_the_whole() -> None:
    distance = union(ball(0.3, (0.4, 0, 0)), ball(0.3, (-0.4, 0, 0)), slab((0.4, 0.1, 0.1)))
    mirrored, whole = (extract(Solid(distance, symmetric), 64) for symmetric in (True, False))
    assert_same_surface(mirrored, whole)
    assert mirrored.report.mirrored and not whole.report.mirrored
    assert mirrored.report.points_evaluated < 0.55 * whole.report.points_evaluated


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_shape_beyond_the_lattice_is_closed_at_its_border(symmetric: bool) -> None:
    surface = extract(Solid(slab((0.3, 0.2, 2.0)), symmetric), 32)
    assert checks(surface).watertight
    assert np.abs(surface.vertices).max() <= 1.03 + 1e-6


def test_the_report_counts_points() -> None:
    report = extract(Solid(ball(0.5), symmetric=True), 60).report
    assert report.resolution == 64
    assert report.dense_points == 65**3
    assert report.as_dict()["share_of_dense"] == report.points_evaluated / 65**3


def test_the_same_field_gives_the_same_bytes() -> None:
    one, two = (extract(random_triplane(5), 64) for _ in range(2))
    assert one.vertices.tobytes() == two.vertices.tobytes()
    assert one.faces.tobytes() == two.faces.tobytes()


@pytest.mark.parametrize("resolution", [32, 64])
def test_a_field_without_surface_is_refused(resolution: int) -> None:
    empty = Solid(lambda points: np.full(len(points), 0.1))
    with pytest.raises(MeshError, match="the field has no surface: it is nowhere negative"):
        extract(empty, resolution)


def test_a_field_that_is_not_finite_is_refused() -> None:
    with pytest.raises(MeshError, match="the field is not finite"):
        extract(Solid(lambda points: np.full(len(points), np.nan)), 32)


@pytest.mark.parametrize("resolution", [8, 1000])
def test_a_resolution_out_of_range_is_refused(resolution: int) -> None:
    with pytest.raises(UsageError, match=f"--resolution must be between 16 and 512, not {resolution}"):
        extract(Solid(ball(0.5)), resolution)
