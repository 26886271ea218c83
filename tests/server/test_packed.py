"""The layout of packed meshes, read as docs/http-api.md tells it."""

import json

import numpy as np
import pytest

from latentmapper.server.packed import pack_mesh
from latentmapper.shapes.mesh import Mesh

from ..batch.fakes import TETRAHEDRON


@pytest.mark.parametrize("count", [4, 5], ids=["even", "odd"])
def test_a_packed_mesh_is_read_as_documented(count: int) -> None:
    """Vertices are padded to four bytes where their number is odd."""
    spots = np.random.default_rng(1).normal(size=(count, 3)).astype(np.float32)
    mesh = Mesh(spots, TETRAHEDRON.faces)
    data = pack_mesh(mesh, {"warnings": ["é"]})
    assert data[:4] == b"LMM1"
    vertices, faces, told = np.frombuffer(data, "<u4", 3, 4)
    low, size = np.frombuffer(data, "<f4", 6, 16).reshape(2, 3)
    places = np.frombuffer(data, "<u2", 3 * vertices, 40).reshape(-1, 3)
    np.testing.assert_allclose(low + places / 65535 * size, spots, atol=float(size.max()) / 65535)
    start = 40 + (6 * int(vertices) + 3) // 4 * 4
    np.testing.assert_array_equal(
        np.frombuffer(data, "<u4", 3 * faces, start).reshape(-1, 3), TETRAHEDRON.faces
    )
    end = start + 12 * int(faces)
    assert json.loads(data[end : end + told]) == {"warnings": ["é"]} and len(data) == end + told


def test_a_flat_mesh_stays_flat() -> None:
    flat = Mesh(TETRAHEDRON.vertices * np.array([1, 1, 0], np.float32), TETRAHEDRON.faces)
    places = np.frombuffer(pack_mesh(flat, {}), "<u2", 12, 40).reshape(-1, 3)
    assert (places[:, 2] == 0).all() and places[:, :2].max() == 65535


@pytest.mark.parametrize("warnings", [[], ["a"]], ids=["even", "odd"])
def test_places_on_a_template_stand_last(warnings: list[str]) -> None:
    places = np.random.default_rng(2).random((4, 3)) * 1.4 - 0.2
    data = pack_mesh(TETRAHEDRON, {"warnings": warnings}, places)
    vertices, faces, told = (int(each) for each in np.frombuffer(data, "<u4", 3, 4))
    end = 40 + 6 * vertices + 12 * faces
    assert json.loads(data[end : end + told]) == {"warnings": warnings, "template": True}
    assert (end + told) % 2 == 0 and len(data) == end + told + 6 * vertices
    found = np.frombuffer(data, "<u2", 3 * vertices, end + told).reshape(-1, 3)
    np.testing.assert_allclose(found / 65535, places.clip(0, 1), atol=1 / 65535)
