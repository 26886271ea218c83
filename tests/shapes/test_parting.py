"""Meshes stay closed where vertices are known by their places alone, as in STL files."""

import numpy as np

from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.manifold import refusal
from latentmapper.shapes.mesh import Mesh
from latentmapper.shapes.parting import parted
from tests.shapes.solids import box_mesh, joined

TOUCHING = 0
"""A known car whose decimated meshes touched themselves in edges, as those of most cars do."""


def merged(mesh: Mesh) -> Mesh:
    """The mesh as a reader of STL has it: vertices of one place are one."""
    places, numbers = np.unique(mesh.vertices, axis=0, return_inverse=True)
    return Mesh(places, numbers.reshape(-1)[mesh.faces].astype(np.int32))


def test_boxes_that_share_an_edge_are_drawn_apart_a_little() -> None:
    box = box_mesh((0.5, 0.5, 0.5))
    both = joined(box, Mesh(box.vertices + np.array([1, 1, 0], np.float32), box.faces))
    assert not checks(merged(both)).watertight
    apart = parted(both)
    assert checks(merged(apart)).watertight and checks(merged(apart)).components == 2
    moved = np.abs(apart.vertices - both.vertices).max(axis=1)
    assert (moved > 0).sum() == 4 and moved.max() < 0.02


def test_a_mesh_of_vertices_apart_is_left_alone() -> None:
    box = box_mesh()
    assert parted(box) is box


def test_decimated_cars_are_closed_by_their_places_too() -> None:
    folder = next(folder for folder in bundled_packs() if folder.name == "car")
    pack = Pack(folder, threads=1)
    surface = extract(pack.field(pack.bank[TOUCHING]), 64)
    for budget in (5000, 2000, 1000, 500):
        mesh = clean(surface, budget)[0]
        assert checks(merged(mesh)).watertight and refusal(mesh) is None
        assert len(merged(mesh).vertices) == len(mesh.vertices)
