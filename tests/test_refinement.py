"""Refinement: silhouettes against masks, derivatives against plain differences, what it finds and keeps."""

from dataclasses import replace

import numpy as np
import pytest

from latentmapper import refinement
from latentmapper.distribution import Distribution
from latentmapper.pack import Mapping, Pack
from latentmapper.refinement import Problem, Refined, Window, refine, refine_mapping, solve
from latentmapper.render.camera import Camera
from latentmapper.render.overlay import silhouette
from latentmapper.shapes.mesh import Mesh
from latentmapper.view import View

from .shapes.solids import box_mesh
from .tiny_pack import write_tiny_pack

SIZE = (150, 240)
SIDE = Camera(90.0, 8.0, 3.8, 36.0)
HALVES = (0.4, 0.3, 0.9)
KNOWN = Distribution.of(np.random.default_rng(0).normal(0, 0.3, (200, 2)))


def box(code: np.ndarray) -> Mesh:
    """A box whose height and width are e to the power of the code's numbers times `HALVES`."""
    return box_mesh((HALVES[0] * float(np.exp(code[1])), HALVES[1] * float(np.exp(code[0])), HALVES[2]))


def mask_of(code: np.ndarray, camera: Camera) -> np.ndarray:
    shape = box(code)
    return silhouette(shape.vertices, shape.faces, camera, SIZE)


def problem(mask: np.ndarray, camera: Camera = SIDE) -> Problem:
    return Problem(Window.around(mask), np.zeros(2, np.float32), camera, KNOWN, box)


def test_a_window_holds_the_object_and_what_of_the_photo_is_around_it() -> None:
    mask = np.zeros((100, 200), np.float32)
    mask[40:80, 120:200] = 1
    window = Window.around(mask)
    columns, rows = window.points.T
    assert (columns.min(), columns.max()) == pytest.approx((108, 200), abs=1)
    assert (rows.min(), rows.max()) == pytest.approx((28, 92), abs=1)
    inside = mask[rows.astype(int), columns.astype(int)].reshape(window.mask.shape)
    assert np.abs(window.mask - inside).mean() < 0.02
    assert max(window.mask.shape) == refinement.GRID


def test_a_silhouette_is_that_of_the_whole_photo() -> None:
    code = np.array([0.2, 0.0])
    window = Window.around(mask_of(code, SIDE))
    assert window.overlap(box(code), SIDE) > 0.98
    assert window.overlap(box(code), replace(SIDE, shift=(2.0, 0.0))) == 0
    half = window.overlap(box(code - np.array([np.log(2), 0.0])), replace(SIDE, elevation=0.0))
    assert half == pytest.approx(0.45, abs=0.06)


def test_an_edge_that_lies_beside_the_mask_costs_its_pieces_in_deviations() -> None:
    """A tall box through the whole window has two straight edges; moved, both lie equally far off."""
    camera = Camera(0.0, 0.0, 4.0, 30.0)
    tall = box_mesh((0.3, 4.0, 0.01))
    mask = silhouette(tall.vertices, tall.faces, camera, SIZE)
    window = Window.around(mask)
    rows, columns = window.mask.shape
    side = max(rows, columns)
    step = window.points[1, 0] - window.points[0, 0]

    def cost(off: float) -> float:
        """Of a box moved by so many steps of the grid."""
        moved = replace(camera, shift=(off * step / (max(SIZE) / 2), 0.0))
        return float((window.apart(tall, moved) ** 2).sum())

    # Silhouettes move from point to point of the grid: the mean over places between them is smooth.
    off, between = refinement.NOISE * side, np.linspace(-0.5, 0.5, 9)
    found = np.mean([cost(off + phase) - cost(phase) for phase in between])
    assert found == pytest.approx(2 * rows / side / refinement.PIECE, rel=0.15)


def test_derivatives_are_plain_differences_with_a_new_surface_each() -> None:
    asked = problem(mask_of(np.array([0.3, 0.0]), SIDE))
    x = np.random.default_rng(1).normal(0, 0.3, asked.axes + len(refinement.POSE))
    naive = [
        (asked.residuals(x + refinement.DIFFERENCE * unit) - asked.residuals(x)) / refinement.DIFFERENCE
        for unit in np.eye(len(x))
    ]
    assert np.allclose(asked.jacobian(x), np.stack(naive, axis=1), atol=1e-9)


def test_a_farther_camera_shows_the_object_as_large() -> None:
    asked = problem(mask_of(np.zeros(2), SIDE))
    x = np.zeros(asked.axes + len(refinement.POSE))
    x[asked.axes + 3] = 2.0
    away = asked.camera_at(x)
    assert away.distance > 1.5 * SIDE.distance
    assert Window.around(mask_of(np.zeros(2), SIDE)).overlap(box(np.zeros(2)), away) > 0.9


def test_view_and_place_are_found_again() -> None:
    true = replace(SIDE, azimuth=75.0, elevation=14.0, shift=(0.02, -0.01))
    mask = mask_of(np.zeros(2), true)
    _, camera = solve(problem(mask, replace(SIDE, azimuth=84.0, elevation=10.0)), 6)
    assert Window.around(mask).overlap(box(np.zeros(2)), camera) > 0.94
    assert camera.azimuth == pytest.approx(75, abs=4)


def test_a_shape_comes_nearer_to_the_mask_but_no_farther_than_is_plausible() -> None:
    mask = mask_of(np.array([0.25, 0.0]), SIDE)
    code, _ = solve(problem(mask), 5)
    assert 0.03 < code[0] < 0.25
    absurd, _ = solve(problem(mask_of(np.array([2.0, 0.0]), SIDE)), 5)
    assert KNOWN.distance(absurd) <= KNOWN.limit * 1.001


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.open(write_tiny_pack(tmp_path_factory.mktemp("packs") / "pack", view=(0.8, 0, 0, 0)), 1)


def _ellipsoid_mask(pack: Pack, camera: Camera) -> np.ndarray:
    from latentmapper.shapes.extraction import extract

    shape = extract(pack.field(np.zeros(4, np.float32)), 64)
    return silhouette(shape.vertices, shape.faces, camera, SIZE)


def _refine(pack: Pack, mask: np.ndarray, view: View) -> Refined:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    place = rows[0] / SIZE[0], columns[0] / SIZE[1], (rows[-1] + 1) / SIZE[0], (columns[-1] + 1) / SIZE[1]
    return refine(pack, np.zeros(4, np.float32), view, place, mask, 2, 64)


def test_what_is_kept_overlaps_more_and_says_from_where_it_is_seen(pack: Pack) -> None:
    mask = _ellipsoid_mask(pack, replace(SIDE, azimuth=50.0))
    made = _refine(pack, mask, View(70.0, 8.0, 0.0, 0.8))
    assert made.after > made.before + 0.02
    assert made.view.azimuth == made.camera.azimuth % 360 < 66
    assert made.view.confidence == 0.8
    assert made.to_json() == {"overlap_before": round(made.before, 4), "overlap": round(made.after, 4)}


def test_what_does_not_fit_better_is_left_as_it_was(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = np.ones(4, np.float32), replace(SIDE, shift=(1.0, 0.0))
    monkeypatch.setattr(refinement, "solve", lambda *_: spoilt)
    view = View(90.0, 8.0, 0.0, 0.8)
    made = _refine(pack, _ellipsoid_mask(pack, SIDE), view)
    assert made.after == made.before > 0.9
    assert not made.code.any() and made.view == view and made.camera.shift != (1.0, 0.0)


def test_what_is_missing_is_said(pack: Pack) -> None:
    mapping = Mapping(np.zeros(4, np.float32), np.full(3, 1 / 3, np.float32))
    refined, (warning,) = refine_mapping(pack, mapping, None, np.ones(SIZE, np.float32), 4, 64)
    assert refined is None
    assert warning.startswith("not refined: pack tiny-car does not tell where photos are taken from")
    seen = replace(mapping, view=View(90.0, 8.0, 0.0, 0.8))
    refined, warnings = refine_mapping(pack, seen, (0, 0, 1, 1), None, 4, 64)
    told = "not refined: there is no mask to fit; --foreground bundled makes one"
    assert refined is None and warnings == (told,)
