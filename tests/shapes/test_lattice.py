"""Flat indices of points and cells."""

import numpy as np
import pytest

from latentmapper.shapes.lattice import Lattice


@pytest.mark.parametrize("half", [True, False])
def test_indices_unravel_like_those_of_an_array(half: bool) -> None:
    lattice = Lattice(6, half)
    index = np.arange(np.prod(lattice.shape))
    np.testing.assert_array_equal(lattice.unravel(index), np.unravel_index(index, lattice.shape))


def test_cells_and_their_corners_cover_the_lattice() -> None:
    lattice = Lattice(4, half=False)
    cells = lattice.all_cells()
    assert len(cells) == 4**3
    np.testing.assert_array_equal(lattice.corners_of(cells), np.arange(5**3))


@pytest.mark.parametrize("half", [True, False])
def test_octants_of_all_cells_are_all_finer_cells(half: bool) -> None:
    lattice = Lattice(4, half)
    fine, cells = lattice.octants(lattice.all_cells())
    np.testing.assert_array_equal(np.sort(cells), fine.all_cells())


def test_points_of_a_lattice_are_points_of_the_finer_one_to_the_last_bit() -> None:
    for cells in (40, 64, 88):
        for coarse, fine in zip(Lattice(cells, True).axes, Lattice(2 * cells, True).axes, strict=True):
            assert (coarse == fine[::2]).all()


def test_half_a_lattice_starts_at_the_mirror_plane() -> None:
    x, y, _ = Lattice(8, half=True).axes
    assert x[0] == 0 and x[-1] == 1.03 and y[0] == -1.03
    assert len(x) == 5 and len(y) == 9


def test_the_mirror_plane_is_no_border() -> None:
    inner, edge = np.array([1]), np.array([0])
    assert not Lattice(4, half=True).on_border(edge, inner, inner)[0]
    assert Lattice(4, half=False).on_border(edge, inner, inner)[0]
    assert Lattice(4, half=True).on_border(np.array([2]), inner, inner)[0]
    assert Lattice(4, half=True).on_border(inner, inner, edge)[0]


def test_indices_are_gathered_once_and_in_order() -> None:
    lattice, rng = Lattice(6, half=True), np.random.default_rng(0)
    few, many = rng.integers(0, 7**2, 5), rng.integers(0, np.prod(lattice.shape), (40, 27))
    np.testing.assert_array_equal(lattice.each_once(few, many), np.union1d(few, many))
    np.testing.assert_array_equal(lattice.each_once(), [])


@pytest.mark.parametrize("half", [True, False])
def test_cells_in_a_box_are_those_that_it_or_its_mirror_image_reaches_into(half: bool) -> None:
    lattice, rng = Lattice(8, half), np.random.default_rng(0)
    corner = np.stack(lattice.unravel(lattice.all_cells()), axis=-1) * lattice.spacing + lattice.origin
    for _ in range(20):
        low, high = np.sort(rng.uniform(-1, 1, (2, 3)), axis=0)
        boxes = [(low, high), (np.array([-high[0], *low[1:]]), np.array([-low[0], *high[1:]]))][: 1 + half]
        reached = [((corner + lattice.spacing > a) & (corner < b)).all(axis=1) for a, b in boxes]
        found = lattice.cells_in(low, high)
        assert set(lattice.all_cells()[np.any(reached, axis=0)]) <= set(found)
        assert len(found) == len(np.unique(found)) and set(found) <= set(lattice.all_cells())
    assert len(lattice.cells_in(np.array([0.1, 0.1, 0.1]), np.array([0.2, 0.2, 0.2]))) == 1
