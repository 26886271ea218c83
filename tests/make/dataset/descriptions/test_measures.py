"""What is measured on meshes of known layout, and on parametric airplanes, whose labels are exact."""

import numpy as np
import pytest
import trimesh

from latentmapper.make.collections.parametric.airplanes import Airplanes
from latentmapper.make.dataset.descriptions import measures
from latentmapper.make.dataset.descriptions.checks import contradictions
from tests.make.dataset.descriptions.models import airplane, joined, points_of
from tests.make.dataset.solids import box


def test_a_tailplane_is_found_where_it_is() -> None:
    assert measures.stabiliser_level(points_of(airplane("T"))) == pytest.approx(1, abs=0.1)
    assert measures.stabiliser_level(points_of(airplane("conventional"))) == pytest.approx(0, abs=0.05)
    assert measures.stabiliser_level(points_of(box((0.1, 0.1, 2)))) is None


@pytest.mark.parametrize("angle", [0, 20, 40])
def test_the_leading_edge_has_the_sweep_it_was_given(angle: float) -> None:
    assert measures.sweep(points_of(airplane(sweep=angle), 20_000)) == pytest.approx(angle, abs=2)


def test_wings_are_counted_and_their_height_is_measured() -> None:
    assert measures.wing_levels(points_of(airplane())) == 1
    assert measures.wing_levels(points_of(airplane(biplane=True))) == 2
    heights = [measures.wing_level(points_of(airplane(wing=y))) for y in (-0.08, 0, 0.08)]
    np.testing.assert_allclose(np.array(heights, float), [-1, 0, 1], atol=0.15)


def test_a_bed_lies_lower_than_a_tailgate() -> None:
    lower, cabin = box((0.8, 0.3, 2)), box((0.8, 0.3, 0.8), (0, 0.3, 0.2))
    pickup = points_of(joined(lower, cabin))
    van = points_of(joined(lower, box((0.8, 0.3, 1.4), (0, 0.3, -0.3))))
    assert measures.rear_height(pickup) == pytest.approx(0.5, abs=0.02)
    assert measures.rear_height(van) == pytest.approx(1, abs=0.02)


def test_proportions_do_not_depend_on_size() -> None:
    vertices = box((0.5, 0.25, 2)).vertices
    assert measures.proportions(vertices) == measures.proportions(3 * vertices)
    assert measures.proportions(vertices) == measures.Proportions(0.25, 0.125)


@pytest.mark.parametrize(
    ("said", "built", "name", "reason"),
    [
        ({"tail": "T"}, {}, "tail", "T means its tailplane on top of the fin, measured"),
        ({"tail": "conventional"}, {"tail": "T"}, "tail", "conventional means its tailplane at the body"),
        ({"wings": "biplane"}, {}, "wings", "biplane means two wings, measured 1.00"),
        ({"wing": "high"}, {"wing": -0.08}, "wing", "high means a high wing"),
        ({"wing": "low"}, {"wing": 0.08}, "wing", "low means a low wing"),
        ({"planform": "swept"}, {}, "planform", "swept means a swept leading edge"),
    ],
)
def test_what_a_mesh_contradicts_is_named(said, built, name, reason) -> None:
    found = contradictions({"category": "airplane"} | said, points_of(airplane(**built)))
    assert list(found) == [name]
    assert found[name].startswith(reason)


def test_what_a_mesh_bears_out_is_left() -> None:
    said = {"category": "airplane", "tail": "T", "wings": "biplane", "wing": "low", "planform": "swept"}
    mesh = airplane("T", wing=-0.08, sweep=25, biplane=True)
    assert contradictions(said | {"wing": "mid"}, points_of(mesh)) == {}


def test_parametric_t_tails_and_conventional_tails_are_told_apart() -> None:
    airplanes, right, wrong = Airplanes(40, seed=5), 0, 0
    for shape_id in airplanes:
        tail = airplanes.plan(shape_id).tail.style
        if tail in ("T", "conventional") and right + wrong < 6:
            shape = airplanes.load(shape_id)
            points = points_of(trimesh.Trimesh(shape.vertices, shape.faces, process=False))
            good = not contradictions({"category": "airplane", "tail": tail}, points)
            right, wrong = right + good, wrong + (not good)
    assert (right, wrong) == (6, 0)
