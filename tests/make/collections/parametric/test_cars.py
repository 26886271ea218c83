"""Parametric cars: closed, canonical, repeatable, labelled as they are shaped."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
import trimesh

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import MATERIALS, Shape
from latentmapper.make.collections.parametric.cars import Cars, draw
from latentmapper.make.collections.parametric.cars.body import greenhouse, lower_body
from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Hull
from latentmapper.make.collections.parametric.cars.priors import BODIES, COMMON, LEANINGS, OVERRIDES, SPECIFIC
from latentmapper.make.collections.parametric.cars.solids import arrays, prism, solid

CARS = Cars(count=400, seed=3)


@lru_cache
def first_of(body: str) -> Shape:
    """The first car of a body type."""
    for index in range(CARS.count):
        if draw(np.random.default_rng([CARS.seed, index])).body == body:
            return CARS.load(f"parametric-car__3-{index:05d}")
    raise AssertionError(f"no {body} among {CARS.count} cars")


def number(shape: Shape, name: str) -> float:
    value = shape.labels[name]
    assert isinstance(value, float)
    return value


def made_of(shape: Shape, material: str) -> np.ndarray:
    """(f,) bool: the faces of one material."""
    assert shape.materials is not None
    return shape.materials == MATERIALS.index(material)


def as_trimesh(shape: Shape) -> trimesh.Trimesh:
    return trimesh.Trimesh(shape.vertices, shape.faces, process=False)


@pytest.mark.parametrize("body", BODIES)
def test_every_body_is_one_closed_outward_manifold(body: str):
    mesh = as_trimesh(first_of(body))
    components = trimesh.graph.connected_component_labels(mesh.face_adjacency, node_count=len(mesh.faces))
    assert mesh.is_watertight and mesh.is_winding_consistent
    assert components.max() == 0
    assert 0.15 < mesh.volume < np.prod(mesh.extents)
    assert 5_000 <= len(mesh.faces) <= 25_000


@pytest.mark.parametrize("body", BODIES)
def test_every_body_is_canonical_and_symmetric(body: str):
    vertices = first_of(body).vertices
    assert vertices.dtype == np.float32
    np.testing.assert_allclose(vertices.min(axis=0) + vertices.max(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vertices, axis=1).max(), 1, atol=1e-6)
    assert np.ptp(vertices[:, 2]) > np.ptp(vertices[:, 0])
    mesh = as_trimesh(first_of(body))
    np.testing.assert_allclose(mesh.center_mass[0], 0, atol=2e-3)


@pytest.mark.parametrize("body", BODIES)
def test_labels_match_the_measured_shape(body: str):
    shape = first_of(body)
    scale = number(shape, "length") / float(np.ptp(shape.vertices[:, 2]))
    assert shape.labels["body"] == body
    assert np.ptp(shape.vertices[:, 1]) * scale == pytest.approx(number(shape, "height"), abs=0.002)
    assert np.ptp(shape.vertices[:, 0]) * scale == pytest.approx(
        number(shape, "width_with_mirrors"), abs=0.002
    )
    low, high = SPECIFIC[body]["length"]
    assert low - 0.05 < number(shape, "length") < high + 0.05
    # Between mirror height and the wheels' upper ends the body is as wide as its label says.
    assert _width_of_body(shape, scale) == pytest.approx(number(shape, "width"), rel=0.04)


def _width_of_body(shape: Shape, scale: float) -> float:
    painted = shape.vertices[shape.faces[made_of(shape, "paint")].ravel()] * scale
    ground = shape.vertices[:, 1].min() * scale
    height = painted[:, 1] - ground
    return float(np.ptp(painted[height < number(shape, "belt_height") - 0.15, 0]))


@pytest.mark.parametrize("body", BODIES)
def test_wheels_stand_on_the_ground_at_the_labelled_wheelbase(body: str):
    shape = first_of(body)
    scale = number(shape, "length") / float(np.ptp(shape.vertices[:, 2]))
    tyres = shape.vertices[np.unique(shape.faces[made_of(shape, "tyre")])] * scale
    ground = shape.vertices[:, 1].min() * scale
    lowest = tyres[tyres[:, 1] < ground + 0.01]
    for side in (1, -1):
        z = lowest[side * lowest[:, 0] > 0, 2]
        middles = [z[half].min() + z[half].max() for half in (z > 0, z < 0)]
        assert (middles[0] - middles[1]) / 2 == pytest.approx(number(shape, "wheelbase"), abs=0.02)
    assert np.ptp(tyres[:, 1]) == pytest.approx(2 * number(shape, "wheel_radius"), abs=0.01)


@pytest.mark.parametrize("body", BODIES)
def test_materials_name_every_face(body: str):
    shape = first_of(body)
    assert shape.materials is not None and shape.materials.shape == (len(shape.faces),)
    assert {MATERIALS[index] for index in np.unique(shape.materials)} == set(MATERIALS[1:])


def test_the_same_seed_and_index_give_the_same_car():
    first = first_of("coupe")
    again = Cars(CARS.count, CARS.seed).load(first.id)
    assert first.materials is not None and again.materials is not None
    np.testing.assert_array_equal(first.vertices, again.vertices)
    np.testing.assert_array_equal(first.faces, again.faces)
    np.testing.assert_array_equal(first.materials, again.materials)
    assert first.labels == again.labels


def test_another_seed_or_index_gives_another_design():
    values = [dict(draw(np.random.default_rng(key)).values) for key in ([3, 7], [4, 7], [3, 8])]
    assert values[0] != values[1] and values[0] != values[2]


def test_only_what_has_a_roof_has_a_sunroof():
    designs = [draw(np.random.default_rng([1, index])) for index in range(1500)]
    assert any(design.options["sunroof"] == "yes" for design in designs)
    assert all(
        design.options["sunroof"] == "no" for design in designs if design.options.get("roof") == "open"
    )


def test_ids_and_groups():
    cars = Cars(3, seed=5)
    assert cars.ids() == list(cars) == [f"parametric-car__5-0000{index}" for index in range(3)]
    shape = first_of("sedan")
    assert shape.group == CARS.group(shape.id) == shape.id
    assert (shape.source, shape.license, shape.category) == ("parametric", "CC0-1.0", "car")
    assert shape.watertight


@pytest.mark.parametrize(
    "shape_id", ["parametric-car__3-00400", "parametric-car__4-00000", "parametric-car__3-x", "sedan"]
)
def test_unknown_ids_are_refused(shape_id: str):
    with pytest.raises(MeshError, match=rf"no such parametric car: {shape_id} \(seed 3, 400 cars\)"):
        CARS.load(shape_id)


def test_drawn_values_stay_in_their_ranges_and_follow_the_style():
    designs = [draw(np.random.default_rng([9, index])) for index in range(300)]
    for design in designs:
        ranges = COMMON | SPECIFIC[design.body] | OVERRIDES.get(design.body, {})
        for name, (low, high) in ranges.items():
            assert low - 1e-9 <= design.values[name] <= high + 1e-9
    sedans = [design for design in designs if design.body == "sedan"]
    pairs = np.array([(sedan.length, sedan.width) for sedan in sedans])
    assert np.corrcoef(pairs.T)[0, 1] > 0.3
    assert {design.body for design in designs} == set(BODIES)


def test_priors_name_the_same_things():
    names = set(COMMON)
    assert all(set(ranges) == set(SPECIFIC["sedan"]) for ranges in SPECIFIC.values())
    assert set(LEANINGS) <= names | set(SPECIFIC["sedan"])
    assert all(set(ranges) <= names for ranges in OVERRIDES.values())
    assert sum(BODIES.values()) == pytest.approx(1)


@pytest.mark.parametrize("part", [lower_body, greenhouse])
def test_hulls_close_and_shrink_inwards(part: Callable[[Design], Hull]):
    hull = part(draw(np.random.default_rng(2)))
    outer, inner = solid(*hull.mesh(), "paint"), solid(*hull.mesh(inset=0.01), "glass")
    assert outer.genus() == 0
    assert 0 < inner.volume() < outer.volume()
    assert (inner - outer).volume() < 1e-4 * outer.volume()


def test_materials_survive_booleans():
    square = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    cube = prism(square, "z", -1, 1, "paint")
    drill = prism(np.array(square) * 0.5, "z", -2, 2, "metal")
    vertices, faces, materials = arrays(cube - drill)
    area = trimesh.Trimesh(vertices, faces, process=False).area_faces
    assert area[materials == MATERIALS.index("metal")].sum() == pytest.approx(4 * 1 * 2)
    assert area[materials == MATERIALS.index("paint")].sum() == pytest.approx(24 - 2)


@pytest.mark.parametrize(("axis", "column"), [("x", 0), ("y", 1), ("z", 2)])
def test_prisms_run_along_their_axis(axis: str, column: int):
    vertices, faces, _ = arrays(prism([(0, 0), (1, 0), (1, 2), (0, 2)], axis, 3, 7, "dark"))
    assert (vertices[:, column].min(), vertices[:, column].max()) == (3, 7)
    assert trimesh.Trimesh(vertices, faces).volume == pytest.approx(8)
