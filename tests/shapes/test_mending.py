"""Thin parts that a field tears come back; whole solids stay as they are."""

import numpy as np
import pytest

from latentmapper.shapes.checks import checks
from latentmapper.shapes.extraction import extract, extract_dense
from latentmapper.shapes.lattice import Lattice
from latentmapper.shapes.lattice_values import LatticeValues
from latentmapper.shapes.mending import mend
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
    assert surface.report.points_mended > 100
    wing = surface.vertices[np.abs(np.abs(surface.vertices[:, 0]) - 0.35) < 0.1]
    assert np.abs(wing[:, 1]).max() < 0.013


def test_mending_is_the_same_in_dense_extraction() -> None:
    field = Solid(torn_airplane(), symmetric=True)
    assert_same_surface(extract(field, 64), extract_dense(field, 64))


@pytest.mark.parametrize("resolution", [32, 64, 128, 256, 400])
def test_round_solids_need_no_mending(resolution: int) -> None:
    small = union(torus(0.15, 0.05), ball(0.05, (0.05, 0.2, 0.03)))
    assert extract(Solid(small), resolution).report.points_mended == 0


def test_only_points_without_surface_beside_them_and_those_next_to_them_are_lowered() -> None:
    lattice = Lattice(32, half=False)
    values = LatticeValues(Solid(torn_airplane()), lattice)
    values.evaluate(np.arange(np.prod(lattice.shape)))
    before = values.at(np.arange(np.prod(lattice.shape)))
    lowered = mend(values)
    after = values.at(np.arange(len(before)))
    distance = 0.5 * lattice.spacing
    np.testing.assert_allclose((before - after)[lowered], distance, rtol=1e-5)
    expected = naive(before.reshape(lattice.shape), distance)
    np.testing.assert_array_equal(np.sort(lowered), np.flatnonzero(expected))


def naive(values: np.ndarray, distance: float) -> np.ndarray:
    """The definition, point by point."""
    torn, chosen = np.zeros(values.shape, bool), np.zeros(values.shape, bool)
    low = (values >= 0) & (values < distance)
    inner = [
        tuple(index)
        for index in np.argwhere(low)
        if all(0 < i < n - 1 for i, n in zip(index, values.shape, strict=True))
    ]
    around = {index: tuple(slice(i - 1, i + 2) for i in index) for index in inner}
    for index in inner:
        torn[index] = (values[around[index]] >= 0).all()
    for index in inner:
        chosen[index] = torn[around[index]].any()
    return chosen
