"""Proportions of cars: the photos that count, how a mesh is measured, and what the table says."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from latentmapper.shapes.mesh import Mesh
from tests.shapes.solids import box_mesh

SCRIPT = Path(__file__).parents[1] / "scripts" / "photo_proportions.py"


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


def test_only_photos_of_known_models_count(script, tmp_path) -> None:
    (tmp_path / "labels.csv").write_text(
        "file,label\na.jpg,Some Car 2001\nb.jpg,Other 2002\nc.jpg,Some Car 2001\n"
    )
    (tmp_path / "known.csv").write_text("label,height_to_length,width_to_length\nSome Car 2001,0.3,0.4\n")
    for name in "ab":
        (tmp_path / f"{name}.jpg").write_bytes(b"")
    config = script["Config"](tmp_path, tmp_path / "labels.csv", tmp_path / "known.csv")
    assert list(script["_known"](config)) == [(tmp_path / "a.jpg", (0.3, 0.4))]


def test_width_leaves_mirrors_out(script) -> None:
    body, mirrors = box_mesh((0.9, 0.75, 2.0)), box_mesh((1.1, 0.05, 0.05))
    vertices = np.concatenate([body.vertices, mirrors.vertices + np.array([0, 0.3, 0.5], np.float32)])
    made = SimpleNamespace(mesh=Mesh(vertices, body.faces))
    reconstructor = SimpleNamespace(reconstruct=lambda *_, **__: made)
    found = script["_proportions"](reconstructor, Path("a.jpg"), 64)
    assert found == pytest.approx((1.5 / 4, 1.8 / 4))


def test_the_table_tells_errors_and_ranks(script) -> None:
    truth = np.array([0.2, 0.3, 0.4])
    assert script["_row"](truth, truth) == f"0.00 | {100 * (0.1 / 0.2 + 0.1 / 0.4) / 3:.2f} | 1.00"
    assert script["_row"](1.1 * truth[::-1], truth).endswith("-1.00")
