"""Large parts close to the body are joined to it; bits and far parts are not."""

import numpy as np
import pytest

from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.components import split
from latentmapper.shapes.extraction import extract, extract_dense
from latentmapper.shapes.joining import Strut, struts
from latentmapper.shapes.manifold import refusal
from latentmapper.shapes.mesh import Mesh
from tests.shapes.solids import Solid, assert_same_surface, ball, box_mesh, joined, slab, union


def test_engines_close_to_the_body_hang_on_struts() -> None:
    engines = [slab((0.1, 0.08, 0.2), (side * 0.35, -0.2, 0)) for side in (1, -1)]
    body = slab((0.2, 0.2, 0.8))
    surface = extract(Solid(union(body, *engines), symmetric=True), 64)
    mesh, report = clean(surface)
    found = checks(mesh)
    assert (found.components, found.genus, found.watertight) == (1, 0, True)
    assert report.joined == 2 and report.dropped.floaters == 0 and report.warnings == ()
    parts = 8 * (0.2 * 0.2 * 0.8 + 2 * 0.1 * 0.08 * 0.2)
    assert parts * 0.98 < found.volume < parts * 1.06
    np.testing.assert_allclose(found.extent, [0.9, 0.48, 1.6], atol=0.02)


def test_a_part_may_hang_on_another_part() -> None:
    chain = union(*(slab((0.1, 0.1, 0.3 - x / 4), (x, 0, 0)) for x in (-0.6, -0.3, 0, 0.3)))
    mesh, report = clean(extract(Solid(chain), 64))
    assert report.joined == 3 and checks(mesh).components == 1
    assert mesh.extent[0] == pytest.approx(1.1, abs=0.02)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("gap", [0.001, 0.01, 0.04, 0.14])
@pytest.mark.parametrize("cells", [64, 96])
def test_a_strut_holds_whatever_the_gap(cells: int, gap: float, symmetric: bool) -> None:
    wheels = [ball(0.1, (side * 0.31, -0.31 - gap, 0.2)) for side in (1, -1)]
    field = Solid(union(slab((0.35, 0.21, 0.8)), *wheels), symmetric)
    pieces = split(extract(field, cells))
    mesh, report = clean(extract(field, cells))
    assert report.joined == len(struts(pieces, 2.06 / cells)) == len(pieces.areas) - 1
    assert report.dropped.floaters == 0 and refusal(mesh) is None
    assert (checks(mesh).components, checks(mesh).watertight) == (1, True)
    assert checks(mesh).volume >= checks(pieces.mesh).volume


def test_joining_is_the_same_in_dense_extraction() -> None:
    field = Solid(union(ball(0.4), ball(0.2, (0.65, 0, 0)), ball(0.2, (-0.65, 0, 0))), symmetric=True)
    one, two = (found(field, 64) for found in (extract, extract_dense))
    holding = struts(split(one), one.lattice.spacing)
    assert_same_surface(one.united(holding), two.united(holding))


def test_a_strut_is_the_hull_of_its_points() -> None:
    sides = np.array([0.3, 0.1, 0.2])
    inside, beyond, beside = [0.2, 0.05, 0], [0.4, 0, 0.1], [0, 0.1, 0.1]
    values = Strut(box_mesh((0.3, 0.1, 0.2)).vertices).evaluate(np.array([inside, beyond, beside]))
    np.testing.assert_allclose(values, [-0.05, 0.1, 0], atol=1e-6)
    np.testing.assert_allclose(Strut(box_mesh((0.3, 0.1, 0.2)).vertices).box, [-sides, sides], rtol=1e-6)


def test_far_parts_and_small_bits_are_dropped() -> None:
    crumb = Mesh(moved(0.35).vertices * np.array([1, 0.05, 0.01], np.float32), box_mesh().faces)
    mesh, report = clean(joined(box_mesh((0.2, 0.1, 0.9)), moved(0.7), crumb))
    assert report.joined == 0 and report.dropped.floaters == 2
    assert mesh.extent[0] == pytest.approx(0.4)


def test_joining_twice_gives_the_same_bytes() -> None:
    field = Solid(union(ball(0.4), ball(0.2, (0.65, 0, 0)), ball(0.2, (-0.65, 0, 0))), symmetric=True)
    one, two = (clean(extract(field, 64))[0] for _ in range(2))
    assert one.vertices.tobytes() == two.vertices.tobytes() and one.faces.tobytes() == two.faces.tobytes()


def test_a_body_that_is_not_solid_is_left_to_the_voxel_union() -> None:
    box = box_mesh((0.3, 0.1, 0.9))
    mesh, report = clean(joined(Mesh(box.vertices, box.faces[1:]), moved(0.5)))
    assert report.joined == 0 and report.rebuilt == "NotManifold"
    assert checks(mesh).watertight


def moved(x: float) -> Mesh:
    """A small box beside the body, from x - 0.1 to x + 0.1."""
    box = box_mesh((0.1, 0.1, 0.2))
    return Mesh(box.vertices + np.array([x, 0, 0], np.float32), box.faces)
