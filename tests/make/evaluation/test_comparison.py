"""Metrics by name."""

import numpy as np
import pytest

from latentmapper.make.evaluation import metrics
from latentmapper.make.evaluation.comparison import METRICS, Comparison, measures, metric_of
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.surface import Surface
from latentmapper.shapes.mesh import Mesh
from tests.make.evaluation.clouds import bent
from tests.shapes.solids import box_mesh

RULES = Rules(points=400, emd_points=200)
TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32)


def surface(points: np.ndarray, cells: int) -> Surface:
    """Points with normals along y, a volume of the first cells, and a closed mesh."""
    normals = np.tile(np.array([0, 1, 0], np.float32), (len(points), 1))
    return Surface(points, normals, lambda: np.arange(64) < cells, Mesh(points[:4], TETRAHEDRON))


def test_chamfer_and_f_score_are_always_measured_and_columns_have_one_order():
    assert measures(()) == ("chamfer", "f_score")
    assert measures(["iou", "emd"], ["f_score", "chamfer"]) == (
        "chamfer",
        "f_score",
        "emd",
        "iou",
        "aligned_chamfer",
        "aligned_f_score",
    )
    assert metric_of("aligned_emd") is METRICS["emd"]


def test_a_shape_against_itself_is_perfect():
    comparison = Comparison(surface(bent(400), 32), surface(bent(400), 32), RULES)
    for name, metric in METRICS.items():
        assert comparison.value(name) == pytest.approx(0 if metric.better < 0 else 1, abs=1e-6)


def test_every_metric_gets_worse_with_distance_and_alignment_takes_it_back():
    still = surface(bent(400), 32)
    near, far = (
        Comparison(still, surface(bent(400) + np.float32(shift), cells), RULES)
        for shift, cells in ((0.012, 28), (0.03, 16))
    )
    for name in set(METRICS) - {"normal_consistency", "watertight"}:
        better = METRICS[name].better
        if name.startswith("f_score") and name != "f_score_01":
            assert better * near.value(name) >= better * far.value(name)
        else:
            assert better * near.value(name) > better * far.value(name)
    assert far.value("aligned_chamfer") < 1e-3
    assert far.value("aligned_emd") < 0.01
    assert far.value("iou") == 0.5


def test_only_in_place_does_it_matter_where_a_mesh_lies_and_how_large_it_is():
    rules, box = Rules(points=400), box_mesh()
    there = Mesh(0.9 * box.vertices + np.array([0, 0.1, 0], np.float32), box.faces)
    truth, moved = (Surface.of(each, rules, 0, closed=True) for each in (box, there))
    comparison = Comparison(truth, moved, rules)
    assert comparison.value("chamfer") == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(moved.in_place, truth.in_place * 0.9 + [0, 0.1, 0], atol=1e-5)
    expected = metrics.chamfer_distance(truth.in_place, moved.in_place)
    assert comparison.value("chamfer_in_place") == pytest.approx(expected) and expected > 1
    assert Comparison(moved, moved, rules).value("chamfer_in_place") == pytest.approx(0, abs=1e-9)


def test_alignment_turns_normals_with_their_points():
    points = bent(400)
    turned = np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1)
    normals = np.tile(np.array([0, 0, 1], np.float32), (400, 1))
    answer = Surface(turned, -normals, lambda: np.zeros(64, bool))
    comparison = Comparison(surface(points, 1), answer, Rules(points=400, emd_points=200))
    assert comparison.value("normal_consistency") == 0
    moved = comparison.aligned.answer
    turn = np.linalg.lstsq(turned - turned.mean(0), moved.points - moved.points.mean(0), rcond=None)[0].T
    np.testing.assert_allclose(moved.normals[0], turn @ [0, 0, -1] / np.cbrt(np.linalg.det(turn)), atol=1e-3)


def test_an_answer_of_few_points_repeats_them_for_an_assignment():
    truth = surface(bent(400), 1)
    one = surface(truth.points[:1], 1)
    expected = np.linalg.norm(truth.points[:200] - truth.points[0], axis=1).mean()
    assert Comparison(truth, one, RULES).value("emd") == pytest.approx(100 * expected, rel=1e-5)


def test_an_answer_with_a_hole_or_without_a_mesh_is_not_watertight():
    closed = surface(bent(400), 1)
    mesh = Mesh(closed.points[:4], TETRAHEDRON[1:])
    torn = Surface(closed.points, closed.normals, lambda: closed.occupied, mesh)
    bare = Surface(closed.points, closed.normals, lambda: closed.occupied)
    found = [Comparison(torn, answer, RULES).value("watertight") for answer in (closed, torn, bare)]
    assert found == [1.0, 0.0, 0.0]
