"""The benchmark of the surface: its octree is sound, and it reports what it measured."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from reference.octree import extract_octree
from scipy.spatial import KDTree

from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.extraction import extract, extract_dense
from latentmapper.shapes.lattice import Lattice
from latentmapper.shapes.lattice_values import LatticeValues
from tests.shapes.solids import Solid, assert_same_surface, ball, slab, torus, union
from tests.tiny_pack import write_tiny_pack

FOLDER = Path(__file__).parents[1] / "benchmarks"


def test_the_octree_finds_the_surface_of_dense_extraction() -> None:
    field = Solid(union(ball(0.4), torus(0.7, 0.15)))
    octree = extract_octree(field, 128)
    assert_same_surface(octree, extract_dense(field, 128))
    assert 0.1 < octree.report.share_of_dense < 0.4


@pytest.mark.parametrize("folder", bundled_packs(), ids=lambda folder: folder.name)
def test_the_octree_finds_all_but_specks_of_a_packs_shape(folder: Path) -> None:
    pack, lattice = Pack.open(folder), Lattice(128, half=False)
    values = LatticeValues(pack.field(pack.mean_code), lattice)
    values.evaluate(np.arange(np.prod(lattice.shape)))
    dense = values.triangulate(None)[0] * lattice.spacing + lattice.origin
    octree = extract_octree(pack.field(pack.mean_code), 128).vertices
    assert share_found(octree, dense) > 0.99
    assert share_found(dense, octree) > 0.99


def test_the_octree_misses_what_lies_between_its_points() -> None:
    """A cell whose corners are all as far from a thin sheet counts as flat, as in the published code."""
    middle = 1.03 / 64
    field = Solid(slab((0.7, 0.008, 0.6), (0, middle, 0)))
    whole, octree = (way(field, 128).vertices for way in (extract, extract_octree))
    assert np.ptp(whole[:, 0]) == pytest.approx(1.4, abs=0.03)
    assert share_found(whole, octree) < 0.5


def share_found(one: np.ndarray, other: np.ndarray) -> float:
    """Which share of the vertices of `one` are vertices of `other`, both (v, 3)."""
    distances = np.asarray(KDTree(other).query(one)[0])
    return float((distances < 1e-6).mean())


def test_it_measures_each_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = runpy.run_path(str(FOLDER / "surface.py"))
    pack, report = write_tiny_pack(tmp_path / "pack"), tmp_path / "figures.json"
    benchmark["main"](benchmark["Config"](pack, resolutions=(128,), repeats=1, json=report))
    (row,) = json.loads(report.read_text())
    assert row["same_surface"]
    assert row["sparse_share"] < 0.05 < row["octree_share"] < 0.3
    dense, octree, sparse = (row[way]["processor"]["median"] for way in ("dense", "octree", "sparse"))
    assert row["ratios"] == [pytest.approx(each / sparse) for each in (dense, octree)]
    assert "| tiny-car | 128^3 |" in capsys.readouterr().out
