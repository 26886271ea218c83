"""Parametric airplanes: closed, in the frame, repeatable, and as their labels say."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.collections.base import MATERIALS, Shape
from latentmapper.make.collections.parametric.airplanes import KINDS, Airplanes, airplane, choose_plan
from latentmapper.make.collections.parametric.airplanes.assembly import unite
from latentmapper.make.collections.parametric.airplanes.lofts import Part, disc, spindle, tube
from latentmapper.make.collections.parametric.airplanes.plan import Gear, Plan, Power, Surface, Tail
from latentmapper.make.collections.parametric.airplanes.ranges import draw_plan

PLAIN = Plan(
    kind="plain",
    length=10.0,
    wing=Surface(span=0.9, level=-0.6),
    stabiliser=Surface(span=0.35, aspect=4.0, centre=0.98, flush=True, level=0.2),
    fin=Surface(span=0.16, aspect=1.3, sweep=35.0, centre=0.97, flush=True, dihedral=0.0, camber=0.0),
    tail=Tail(style="conventional"),
)


def as_trimesh(shape: Shape) -> trimesh.Trimesh:
    return trimesh.Trimesh(shape.vertices, shape.faces, process=False)


def metres(shape: Shape) -> NDArray[np.float64]:
    """Vertices in metres, by the scale that the labels give."""
    return shape.vertices.astype(np.float64) / float(shape.labels["scale"])


def pieces(shape: Shape, material: str) -> list[trimesh.Trimesh]:
    """Connected pieces of one material."""
    chosen = as_trimesh(shape).submesh([shape.materials == MATERIALS.index(material)], append=True)
    return list(chosen.split(only_watertight=False))  # pyright: ignore


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_one_closed_outward_surface_in_the_frame(name: str) -> None:
    shape = airplane(draw_plan(name, KINDS[name], np.random.default_rng(7)))
    mesh = as_trimesh(shape)
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0
    assert 4000 <= len(shape.faces) <= 20_000
    np.testing.assert_allclose(np.linalg.norm(shape.vertices, axis=1).max(), 1.0, atol=1e-5)
    np.testing.assert_allclose(shape.vertices.min(axis=0), -shape.vertices.max(axis=0), atol=1e-5)
    assert shape.watertight and shape.labels["kind"] == name
    assert shape.materials is not None and len(shape.materials) == len(shape.faces)


@pytest.mark.parametrize(
    "part", [tube((0, 0, 0), (1, 1, 1), 0.1), disc((0, 0, 0), 1, 0.1, 2, "dark"), spindle(0, 1, 0.1)]
)
def test_parts_are_closed_and_outward_also_when_mirrored(part) -> None:
    for solid in (part, part.mirrored()):
        mesh = trimesh.Trimesh(solid.vertices, solid.faces)
        assert mesh.is_watertight and mesh.volume > 0


def test_a_disc_has_the_volume_of_a_cylinder() -> None:
    solid = disc((0, 0, 0), 1.0, 0.1, 0, "tyre", sides=200)
    mesh = trimesh.Trimesh(solid.vertices, solid.faces)
    assert mesh.volume == pytest.approx(np.pi * 0.1, rel=0.06)


def test_the_same_seed_and_index_give_the_same_airplane() -> None:
    first, again, longer = (
        Airplanes(count, seed=3).load("parametric-airplane__3-00002") for count in (4, 4, 9)
    )
    for other in (again, longer):
        np.testing.assert_array_equal(first.vertices, other.vertices)
        np.testing.assert_array_equal(first.faces, other.faces)
        assert first.labels == other.labels
    different = Airplanes(4, seed=4).load("parametric-airplane__4-00002")
    assert different.labels != first.labels


def test_ids_groups_and_provenance() -> None:
    airplanes = Airplanes(2, seed=5)
    assert (
        list(airplanes) == airplanes.ids() == ["parametric-airplane__5-00000", "parametric-airplane__5-00001"]
    )
    shape = airplanes.load(airplanes.ids()[1])
    assert (shape.id, shape.group) == (airplanes.ids()[1], airplanes.group(airplanes.ids()[1]))
    assert (shape.source, shape.license, shape.category) == ("parametric", "CC0-1.0", "airplane")


@pytest.mark.parametrize(
    "wrong",
    ["parametric-airplane__5-00002", "parametric-airplane__6-00000", "parametric-airplane__5-²", "cessna"],
)
def test_foreign_ids_are_refused(wrong: str) -> None:
    with pytest.raises(MeshError, match="is not one of these 2 parametric airplanes of seed 5"):
        Airplanes(2, seed=5).load(wrong)


def test_every_kind_is_drawn_and_some_are_mixed() -> None:
    drawn = {choose_plan(np.random.default_rng((0, i))).kind for i in range(3000)}
    assert drawn == {*KINDS, "mixed"}


def test_span_and_length_are_those_of_the_labels() -> None:
    shape = airplane(PLAIN)
    size = np.ptp(metres(shape), axis=0)
    assert size[0] == pytest.approx(9.0, rel=0.01) == shape.labels["wing_span"]
    assert shape.labels["span"] == pytest.approx(size[0], abs=0.01)
    assert shape.labels["length"] == pytest.approx(size[2], abs=0.01)
    assert size[2] == pytest.approx(10.0, rel=0.05) == shape.labels["fuselage_length"]


def test_the_airplane_is_symmetric_and_its_nose_points_forward() -> None:
    shape = airplane(PLAIN)
    inertia = as_trimesh(shape).moment_inertia
    assert abs(as_trimesh(shape).center_mass[0]) < 1e-3
    np.testing.assert_allclose(inertia[0, 1:], 0.0, atol=1e-3 * inertia.max())
    highest = shape.vertices[np.argmax(shape.vertices[:, 1])]
    assert highest[2] < -0.5, "the fin stands at the back"


@pytest.mark.parametrize(("style", "on_top"), [("T", True), ("conventional", False)])
def test_only_a_t_tail_has_its_stabiliser_on_top(style: str, on_top: bool) -> None:
    vertices = airplane(replace(PLAIN, tail=Tail(style=style))).vertices
    out = vertices[(vertices[:, 2] < -0.6) & (np.abs(vertices[:, 0]) > 0.2)]
    assert (out[:, 1].max() > 0.9 * vertices[:, 1].max()) == on_top


@pytest.mark.parametrize("count", [2, 4])
def test_pods_below_the_wing_are_as_many_as_labelled(count: int) -> None:
    power = Power(style="pods", count=count, drop=0.9, diameter=0.05, forward=0.8)
    shape = airplane(replace(PLAIN, power=power))
    assert shape.labels["engines"] == len(pieces(shape, "dark")) == count


def test_four_propellers_are_four_discs() -> None:
    power = Power(style="nacelles", count=4, inner=0.3, outer=0.6, propeller=0.1, drop=0.2)
    shape = airplane(replace(PLAIN, power=power))
    assert shape.labels["engines"] == len(pieces(shape, "dark")) == 4
    assert shape.labels["propeller"]


def test_wheels_touch_the_ground_together() -> None:
    shape = airplane(replace(PLAIN, gear=Gear(style="tricycle", height=0.08, wheel=0.03)))
    wheels = pieces(shape, "tyre")
    assert len(wheels) == 3
    np.testing.assert_allclose([w.bounds[0, 1] for w in wheels], shape.vertices[:, 1].min(), atol=1e-3)


@pytest.mark.parametrize(("level", "words"), [(-0.7, "low"), (0.0, "mid"), (0.9, "high")])
def test_wing_position_is_measured_at_the_root(level: float, words: str) -> None:
    shape = airplane(replace(PLAIN, wing=replace(PLAIN.wing, level=level, dihedral=0.0)))
    assert shape.labels["wing_position"] == words
    tips = shape.vertices[np.abs(shape.vertices[:, 0]) > 0.8 * shape.vertices[:, 0].max()]
    nose = shape.vertices[np.abs(shape.vertices[:, 2]) < 0.05]
    middle = 0.5 * (nose[:, 1].min() + nose[:, 1].max())
    assert np.sign(np.round(tips[:, 1].mean() - middle, 2)) == np.sign(level)


def test_a_wing_on_the_cabin_roof_is_high_and_one_clear_above_is_a_parasol() -> None:
    for name, words in (("light high-wing", "high"), ("parasol", "parasol")):
        shape = airplane(draw_plan(name, KINDS[name], np.random.default_rng(2)))
        assert shape.labels["wing_position"] == words


def test_a_surface_with_a_hole_is_refused() -> None:
    whole = tube((0, 0, 0), (1, 1, 1), 0.1)
    with pytest.raises(MeshError, match="a part is not a closed surface"):
        unite([Part(whole.vertices, whole.faces[1:], whole.materials[1:])])


def test_materials_of_a_light_airplane() -> None:
    shape = airplane(draw_plan("bush airplane", KINDS["bush airplane"], np.random.default_rng(1)))
    assert shape.materials is not None
    assert {MATERIALS[i] for i in np.unique(shape.materials)} >= {"paint", "glass", "metal"}
