"""Shapes as voxels, against naive versions and bodies whose volumes are known."""

import itertools

import numpy as np
import pytest
import trimesh

from latentmapper.make.dataset.solid import watertight_solid
from latentmapper.make.dataset.voxels import _centres, at_the_surface, coarser, occupied, occupied_where


def test_looking_at_blocks_first_misses_nothing():
    mesh = trimesh.creation.annulus(0.3, 0.5, 0.9)
    mesh.apply_transform(trimesh.transformations.rotation_matrix(0.4, (1, 2, 3)))
    every = watertight_solid(mesh.vertices, mesh.faces).distance(_centres(32)) < 0
    assert 0.01 < every.mean() < 0.5
    assert (occupied(mesh, 32, closed=True, seed=0).ravel() == every).all()


def test_axes_are_x_y_z():
    cells = occupied_where(lambda p: np.abs(p - [0.5, -0.5, 0.0]).max(1) - 0.25, 16)
    assert cells[10:14, 2:6, 6:10].all()
    assert cells.sum() == 4**3


def test_a_margin_lets_coarse_voxels_keep_a_thin_plate():
    plate = trimesh.creation.box((1.6, 0.02, 1.6))  # between two rows of centres, half a voxel from each
    without = occupied(plate, 32, closed=True, seed=0)
    kept = occupied(plate, 32, closed=True, seed=0, margin=0.022)
    assert not without.any()
    assert set(np.flatnonzero(kept.any((0, 2)))) == {15, 16}
    assert kept[:, 16].sum() == pytest.approx((1.6 * 16) ** 2, rel=0.1)


def test_a_margin_moves_a_surface_outwards_by_as_much():
    ball = trimesh.creation.icosphere(subdivisions=4, radius=0.6)
    grown = occupied(ball, 64, closed=True, seed=0, margin=0.1)
    assert grown.mean() * 8 == pytest.approx(4 / 3 * np.pi * 0.7**3, rel=0.02)


def test_coarser_voxels_are_inside_where_any_part_of_them_is():
    inside = np.random.default_rng(0).random((8, 8, 8)) < 0.1
    made = coarser(inside, 4)
    for x, y, z in itertools.product(range(4), repeat=3):
        assert made[x, y, z] == inside[2 * x : 2 * x + 2, 2 * y : 2 * y + 2, 2 * z : 2 * z + 2].any()
    assert (coarser(inside, 8) == inside).all()


def test_voxels_at_the_surface_have_one_of_the_other_kind_beside_them():
    inside = np.random.default_rng(0).random((6, 6, 6)) < 0.2
    found = at_the_surface(inside)
    for place in itertools.product(range(6), repeat=3):
        beside = [np.add(place, sign * step) for step in np.eye(3, dtype=int) for sign in (-1, 1)]
        within = [tuple(each) for each in beside if min(each) >= 0 and max(each) < 6]
        assert found[place] == any(inside[each] != inside[place] for each in within)
    assert not at_the_surface(np.ones((4, 4, 4), bool)).any()
