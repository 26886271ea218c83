"""Measures against solids and parametric vehicles whose sizes are known."""

import numpy as np
import pytest

from latentmapper.editing.measuring import Outline, measure, measures_of
from latentmapper.editing.measuring.outline import reached
from latentmapper.errors import MeshError
from latentmapper.make.collections.parametric.cars import Cars
from latentmapper.make.collections.parametric.cars.design import draw
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh
from tests.shapes.solids import Distance, Solid, slab, union

AIRFRAME = {
    "body": slab((0.06, 0.06, 0.8)),
    "wing": slab((0.7, 0.02, 0.1), (0, 0.04, 0.2)),
    "fin": slab((0.02, 0.15, 0.1), (0, 0.15, -0.7)),
    "tail": slab((0.3, 0.02, 0.08), (0, 0.28, -0.72)),
}


def test_levels_are_met_between_points() -> None:
    along, values = np.array([3.0, 0.0, 1.0, 2.0]), np.array([0.5, 0.0, 0.4, 0.3])
    assert reached(along, values, 0.2) == pytest.approx(0.5)
    # What lies lower behind a higher place does not count.
    assert reached(along, values, 0.45) == pytest.approx(2.0)


def test_proportions_of_a_step() -> None:
    low, high = slab((0.3, 0.1, 0.8), (0, -0.1, 0)), slab((0.2, 0.1, 0.3), (0, 0.1, -0.5))
    found = measure("chair", extract(Solid(union(low, high), symmetric=True), 96))
    assert found["height"] == pytest.approx(0.4 / 1.6, abs=0.01)
    assert found["width"] == pytest.approx(0.6 / 1.6, abs=0.01)
    assert found["front_height"] == pytest.approx(0.5, abs=0.03)
    assert found["rear_height"] == pytest.approx(1.0, abs=0.01)
    assert found["upper_width"] == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize(
    ("category", "absent"), [("car", {"wheels", "front_overhang", "rear_overhang"}), ("chair", set())]
)
def test_what_a_box_does_not_have_is_left_out(category: str, absent: set[str]) -> None:
    field = Solid(slab((0.3, 0.2, 0.8)), symmetric=True)
    named = {each.name for each in measures_of(category)}
    assert set(measure(category, extract(field, 32))) == named - absent


def test_an_airplane_of_boxes() -> None:
    found = measure("airplane", extract(Solid(union(*AIRFRAME.values()), symmetric=True), 96))
    expected = {
        "span": 1.4,
        "body": 0.12,
        "chord": 0.2,
        "wing_place": 0.55,
        "tail_height": 0.24,
        "tail_span": 0.6,
    }
    for name, size in expected.items():
        assert found[name] == pytest.approx(size / 1.6, abs=0.012), name
    assert found["sweep"] == pytest.approx(0, abs=2)
    assert found["wing_level"] == pytest.approx(0.1 / 0.12, abs=0.1)
    assert found["tail_level"] == pytest.approx(0.28 / 0.3, abs=0.05)


def _airplane(**parts: Distance) -> dict[str, float]:
    """Measures of the airplane of boxes, with other parts or more of them."""
    return measure("airplane", extract(Solid(union(*(AIRFRAME | parts).values()), symmetric=True), 64))


def test_a_leg_below_the_nose_is_no_belly() -> None:
    bare, legged = _airplane(), _airplane(leg=slab((0.02, 0.1, 0.02), (0, -0.12, 0.4)))
    assert legged["body"] == pytest.approx(bare["body"], abs=0.005)
    assert legged["ground"] == pytest.approx(bare["ground"] + 0.16 / 1.6, abs=0.01)


def test_the_wing_is_followed_from_its_tip() -> None:
    """A tailplane that is deeper than the wing, and nearly as wide, is none the less no wing."""
    bare, tailed = _airplane(), _airplane(tail=slab((0.6, 0.02, 0.16), (0, 0.28, -0.64)))
    for name in ("wing_place", "chord", "wing_level"):
        assert tailed[name] == pytest.approx(bare[name], abs=0.02), name


def test_a_wing_that_reaches_the_rear_becomes_no_tailplane_at_one_stroke() -> None:
    """Of a wing that is moved back by a hundredth of the length at a time."""
    places = np.linspace(-0.35, -0.65, 20)
    spans = [_airplane(wing=slab((0.7, 0.02, 0.1), (0, 0.04, place)))["tail_span"] for place in places]
    assert max(spans) <= 2 * 0.35 + 0.02
    assert np.abs(np.diff(spans)).max() < 0.15


def test_a_tail_may_lie_below_the_back() -> None:
    front, boom = slab((0.06, 0.06, 0.5), (0, 0, 0.3)), slab((0.03, 0.03, 0.4), (0, 0, -0.4))
    low = slab((0.3, 0.02, 0.08), (0, 0, -0.72))
    assert _airplane(body=union(front, boom), fin=boom, tail=low)["tail_height"] == pytest.approx(
        -0.03 / 1.6, abs=0.005
    )


def test_a_mesh_without_length_is_refused() -> None:
    flat = Mesh(np.eye(3, dtype=np.float32) * [1, 1, 0], np.array([[0, 1, 2]], np.int32))
    with pytest.raises(MeshError, match="no length to measure it by"):
        Outline.of(flat)


def test_a_parametric_car_measures_what_it_was_built_to() -> None:
    import trimesh

    car = Cars(8, seed=5).load("parametric-car__5-00003")
    design = draw(np.random.default_rng([5, 3]))
    fine = trimesh.remesh.subdivide_to_size(car.vertices, car.faces, 0.02)
    found = measure("car", Mesh(fine[0].astype(np.float32), fine[1].astype(np.int32)))
    known = {
        "height": design.height,
        "width": design.width,
        "clearance": design.clearance,
        "wheels": 2 * design.wheel_radius,
        "rear_overhang": design.axles[1] - design.tail,
        "front_overhang": design.nose - design.axles[0],
    }
    for name, metres in known.items():
        assert found[name] == pytest.approx(metres / design.length, rel=0.06), name
