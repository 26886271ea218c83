"""Thin parts that a field tears come back; whole solids stay as they are."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from latentmapper.shapes import mending
from latentmapper.shapes.checks import checks
from latentmapper.shapes.extraction import extract, extract_dense
from latentmapper.shapes.lattice import Lattice
from latentmapper.shapes.lattice_values import LatticeValues
from latentmapper.shapes.mending import Mending
from tests.shapes.solids import Distance, Solid, assert_same_surface, ball, slab, torus, union


def torn_airplane() -> Distance:
    """A body with a wing of which the field between root and tip only says that surface is very near."""
    body, tips = slab((0.1, 0.1, 0.8)), [slab((0.1, 0.01, 0.1), (side * 0.6, 0, 0)) for side in (1, -1)]
    wing = slab((0.7, 0.001, 0.1))
    return union(body, *tips, lambda points: np.abs(wing(points)) + 0.003)


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_torn_wing_is_whole_again(symmetric: bool) -> None:
    surface = extract(Solid(torn_airplane(), symmetric), 128)
    found = checks(surface)
    assert (found.components, found.genus, found.watertight) == (1, 0, True)
    assert surface.report.torn_points > 100
    wing = surface.vertices[np.abs(np.abs(surface.vertices[:, 0]) - 0.35) < 0.1]
    assert np.abs(wing[:, 1]).max() < 0.01


def test_mending_is_the_same_in_dense_extraction() -> None:
    field = Solid(torn_airplane(), symmetric=True)
    assert_same_surface(extract(field, 64), extract_dense(field, 64))


def test_fine_lattices_are_mended_at_every_other_point(monkeypatch: pytest.MonkeyPatch) -> None:
    field = Solid(torn_airplane(), symmetric=True)
    coarse = extract(field, 64).report.torn_points
    monkeypatch.setattr(mending, "FINE", 128)
    surface = extract(field, 128)
    assert surface.report.torn_points == coarse
    assert checks(surface).components == 1
    assert_same_surface(surface, extract_dense(field, 128))


@pytest.mark.parametrize("resolution", [32, 64, 128, 256, 400])
def test_round_solids_need_no_mending(resolution: int) -> None:
    small = union(torus(0.15, 0.05), ball(0.05, (0.05, 0.2, 0.03)))
    assert extract(Solid(small), resolution).report.torn_points == 0


@pytest.mark.parametrize("half", [True, False])
def test_torn_are_low_points_without_a_point_inside_beside_them(half: bool) -> None:
    lattice = Lattice(32, half)
    everything = np.arange(np.prod(lattice.shape))
    values = LatticeValues(Solid(torn_airplane(), symmetric=half), lattice)
    values.evaluate(everything)
    before = values.at(everything).reshape(lattice.shape)
    mended = values.mend()
    expected = naive(before, 0.5 * lattice.spacing, half)
    np.testing.assert_array_equal(lattice.unravel(mended.torn), expected.nonzero())
    np.testing.assert_allclose(before.ravel() - values.at(everything), mended.amounts.ravel(), atol=1e-7)


def test_amounts_are_greatest_at_torn_points_and_fade() -> None:
    lattice = Lattice(24, half=False)
    amounts = Mending(lattice, np.array([12 * lattice.strides.sum()])).amounts
    assert amounts[12, 12, 12] == amounts.max() == pytest.approx(0.5 * lattice.spacing)
    fading = amounts[12:, 12, 12]
    assert (np.diff(fading) <= 0).all() and fading[4] > 0 and fading[5] == 0


def test_amounts_of_a_half_are_those_of_the_whole() -> None:
    whole, half = Lattice(24, half=False), Lattice(24, half=True)
    torn = [(2, 12, 12), (0, 5, 20)]
    right = [x * half.strides[0] + y * half.strides[1] + z for x, y, z in torn]
    both = [
        (12 + side * x) * whole.strides[0] + y * whole.strides[1] + z for x, y, z in torn for side in (1, -1)
    ]
    left_half = Mending(whole, np.unique(both)).amounts[12:]
    np.testing.assert_array_equal(Mending(half, np.array(right)).amounts, left_half)


def test_amounts_between_points_are_interpolated() -> None:
    lattice, fine = Lattice(24, half=False), Lattice(48, half=False)
    mended = Mending(lattice, np.array([12 * lattice.strides.sum()]))
    at = [np.array(axis) for axis in ([24, 25, 25, 3, 24], [24, 24, 25, 4, 24], [24, 30, 31, 5, 41])]
    inside = [(12, 12, 12), (12.5, 12, 15), (12.5, 12.5, 15.5), (1.5, 2, 2.5), (12, 12, 20.5)]
    expected = map_coordinates(mended.amounts, np.array(inside).T, order=1)
    np.testing.assert_allclose(mended.at(fine, *at), expected, rtol=1e-5)


def naive(values: np.ndarray, distance: float, half: bool) -> np.ndarray:
    """The definition, point by point; a half is mirrored at x = 0 first."""
    if half:
        return naive(np.concatenate([values[:0:-1], values]), distance, half=False)[len(values) - 1 :]
    torn = np.zeros(values.shape, bool)
    inner = torn.copy()
    inner[1:-1, 1:-1, 1:-1] = True
    for i, j, k in np.argwhere((values >= 0) & (values < distance) & inner):
        torn[i, j, k] = (values[i - 1 : i + 2, j - 1 : j + 2, k - 1 : k + 2] >= 0).all()
    return torn
