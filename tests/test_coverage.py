"""Coverage: the most alike shape is found, and no shape is its own sister."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import KDTree

from latentmapper.make.evaluation.metrics import chamfer_distance
from latentmapper.make.training.start import principal_codes

SCRIPT = Path(__file__).parents[1] / "scripts" / "coverage.py"


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


def ellipsoid(length: float, seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(400, 3))
    points *= np.array([0.3, 0.3, length]) / np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32)


def test_the_most_alike_is_found_and_nobody_is_their_own_sister(script) -> None:
    surfaces = [ellipsoid(length, i) for i, length in enumerate((0.4, 0.5, 0.7, 1.0))]
    codes = principal_codes([*surfaces, ellipsoid(0.68, 9)], 4, symmetric=True)
    tree, config = KDTree(codes[:4]), script["Config"]((), candidates=3)
    row, distance = script["_nearest"](ellipsoid(0.68, 9), codes[4], surfaces, tree, config)
    assert row == 2 and distance == pytest.approx(chamfer_distance(ellipsoid(0.68, 9), surfaces[2]))
    assert script["_nearest"](surfaces[0], codes[0], surfaces, tree, config, 0)[0] == 1
