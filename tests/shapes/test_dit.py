"""Deep Implicit Templates in use: exact against PyTorch, and the fast way against the exact one."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
igl = pytest.importorskip("igl")

from torch import Tensor  # noqa: E402

from latentmapper.make.models.dit import DIT, DITShape  # noqa: E402
from latentmapper.make.models.dit_baking import bake  # noqa: E402
from latentmapper.render.camera import Camera  # noqa: E402
from latentmapper.render.raycast import raycast  # noqa: E402
from latentmapper.render.sphere_tracing import sphere_trace  # noqa: E402
from latentmapper.shapes.base import TemplateModel, load_base  # noqa: E402
from latentmapper.shapes.dit import DITField, ExactDITField  # noqa: E402
from latentmapper.shapes.extraction import extract, extract_dense  # noqa: E402
from latentmapper.shapes.field import CorrespondingField  # noqa: E402
from latentmapper.shapes.lattice import Lattice  # noqa: E402
from latentmapper.shapes.template_grid import TemplateGrid  # noqa: E402
from latentmapper.shapes.warp_lattice import WarpLattice  # noqa: E402

LEVEL = 0.01
SHAPE = DITShape(code_size=4, hidden=16, steps=4, template_width=32, template_layers=3)
CODE = np.array([0.5, -0.2, 0.3, 0.1], np.float32)


def wing(points: Tensor) -> Tensor:
    """Signed distances of a ball with a wing thinner than a cell, network units, clamped as in training."""
    ball = points.norm(dim=-1) - 0.3
    outside = points.abs() - torch.tensor([0.75, 0.012, 0.15])
    slab = outside.clamp_min(0).norm(dim=-1) + outside.amax(-1).clamp_max(0)
    return torch.minimum(ball, slab).clamp(-0.1, 0.1)


@pytest.fixture(scope="module", params=[True, False], ids=["symmetric", "plain"])
def model(request, tmp_path_factory) -> SimpleNamespace:
    """A template fitted to a winged ball, a warp of random weights, and the base model it exports to."""
    torch.manual_seed(0)
    network = DIT(DITShape(**{**SHAPE.__dict__, "symmetric": request.param}))
    optimizer = torch.optim.Adam(network.template.parameters(), 1e-2)
    for _ in range(250):
        points = torch.rand(1024, 3) * 1.6 - 0.8
        points[512:, 1] *= 0.1
        optimizer.zero_grad()
        (network.template(points) - wing(points)).abs().mean().backward()
        optimizer.step()
    torch.nn.init.normal_(network.warper.affine.weight, std=0.02)
    network.eval().requires_grad_(False)
    folder = tmp_path_factory.mktemp("dit")
    entry = network.export(folder, LEVEL)
    return SimpleNamespace(network=network, base=load_base(folder, entry, threads=1), folder=folder)


def test_exact_distances_are_those_of_torch(model: SimpleNamespace) -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (5000, 3)).astype(np.float32)
    truth = model.network(torch.from_numpy(CODE)[None], torch.from_numpy(points / 1.03)[None])[0].numpy()
    field = model.base.field(CODE)
    np.testing.assert_allclose(field.evaluate(points), (truth - LEVEL) * 1.03, atol=1e-4)
    np.testing.assert_array_equal(model.base.exact(CODE).evaluate(points), field.evaluate(points))


def test_the_fast_surface_lies_on_the_exact_one(model: SimpleNamespace) -> None:
    fast, exact = (extract(field, 64) for field in (model.base.field(CODE), model.base.exact(CODE)))
    cell = Lattice(64, False).spacing
    for one, other in ((fast, exact), (exact, fast)):
        faces, corners = other.faces.astype(np.int64), other.vertices.astype(np.float64)
        away = igl.point_mesh_squared_distance(one.vertices.astype(np.float64), corners, faces)[0] ** 0.5
        assert np.percentile(away / cell, 99) < 0.25
    assert len(exact.vertices) > 1000


def test_the_same_code_gives_the_same_surface(model: SimpleNamespace) -> None:
    first, second = (extract(model.base.field(CODE), 64) for _ in range(2))
    np.testing.assert_array_equal(first.vertices, second.vertices)
    np.testing.assert_array_equal(first.faces, second.faces)


def test_fast_distances_near_the_surface_are_exact_to_a_share_of_a_cell(model: SimpleNamespace) -> None:
    lattice = Lattice(96, half=model.base.symmetric)
    surface = extract(model.base.exact(CODE), 64).vertices
    nearest = np.round((surface[::7] - lattice.origin) / lattice.spacing).astype(int)
    i, j, k = nearest[(nearest >= 0).all(axis=1)].T
    points = np.stack([axis[at] for axis, at in zip(lattice.axes, (i, j, k), strict=True)], axis=-1)
    found = model.base.field(CODE).on_lattice(lattice.axes)(i, j, k)
    errors = np.abs(found - model.base.field(CODE).evaluate(points)) / lattice.spacing
    assert np.percentile(errors, 99) < 0.25
    assert errors.max() > 0  # it is the fast way that was measured


def crumpled(points: np.ndarray) -> np.ndarray:
    """A warp that no coarse lattice can follow."""
    return (points + 0.02 * np.sin(30 * points)).astype(np.float32)


def hollow_ball(points: Tensor) -> Tensor:
    """A template of two surfaces."""
    return ((points.norm(dim=-1) - 0.5).abs() - 0.1).clamp(-0.1, 0.1)


def test_where_a_lattice_is_too_coarse_the_warp_is_evaluated() -> None:
    exact = ExactDITField(crumpled, lambda q: hollow_ball(torch.from_numpy(q)).numpy(), symmetric=False)
    lattice = Lattice(96, half=False)
    sample = DITField(exact, TemplateGrid(bake(hollow_ball))).on_lattice(lattice.axes)
    at = np.random.default_rng(0).integers(0, 97, (3, 3000))
    points = np.stack([axis[index] for axis, index in zip(lattice.axes, at, strict=True)], axis=-1)
    truth = exact.evaluate(points.astype(np.float32))
    near = np.abs(truth) < 0.5 * lattice.spacing
    assert near.sum() > 50
    assert np.abs(sample(*at) - truth)[near].max() < 0.25 * lattice.spacing
    plain, errors = WarpLattice(32, crumpled, exact.distances).interpolate(exact.folded(points))
    assert np.linalg.norm(plain - exact.warp(exact.folded(points)), axis=1)[near].max() > 0.004
    assert (errors[near] > 0.001).all()


def test_a_warp_lattice_keeps_what_it_knows() -> None:
    asked = []

    def warp(points: np.ndarray) -> np.ndarray:
        asked.append(len(points))
        return points

    lattice = WarpLattice(16, warp, lambda q: np.linalg.norm(q, axis=1) - 0.5)
    points = np.random.default_rng(0).uniform(-0.6, 0.6, (300, 3)).astype(np.float32)
    lattice.interpolate(points)
    before = sum(asked)
    lattice.interpolate(points[::-1])
    assert sum(asked) == before > 300


def test_an_affine_warp_is_interpolated_exactly() -> None:
    turn = np.array([[0.9, 0.1, 0], [-0.1, 0.8, 0.05], [0, 0, 1.1]], np.float32)
    lattice = WarpLattice(8, lambda points: points @ turn, lambda q: np.linalg.norm(q, axis=1) - 0.5)
    points = np.random.default_rng(0).uniform(-1, 1, (500, 3)).astype(np.float32)
    warped, errors = lattice.interpolate(points)
    np.testing.assert_allclose(warped, points @ turn, atol=1e-5)
    assert errors.max() < 1e-5


def test_the_grid_marks_what_it_is_too_coarse_for(model: SimpleNamespace) -> None:
    from safetensors.numpy import load_file

    grid = TemplateGrid(load_file(model.folder / "template.safetensors"))
    points = np.random.default_rng(0).uniform(-0.9, 0.9, (20000, 3)).astype(np.float32)
    points[:, 1] *= 0.1
    exact = model.network.template(torch.from_numpy(points)).numpy() - LEVEL
    found, trusted = grid.look_up(points)
    near = np.abs(exact) < 0.02
    assert trusted[near].mean() > 0.5
    errors = np.abs(found - exact)[near & trusted]
    assert np.percentile(errors, 99.5) < 0.25 / 64


def test_every_point_has_its_place_on_the_template(model: SimpleNamespace) -> None:
    field = model.base.field(CODE)
    assert isinstance(field, CorrespondingField)
    vertices = extract(field, 64).vertices
    places = field.template_coordinates(vertices)
    q = torch.from_numpy(vertices / 1.03)[None]
    exact = model.network.warped(model.network.prepare(torch.from_numpy(CODE)[None]), q)[-1][0].numpy() * 1.03
    if model.base.symmetric:
        exact[vertices[:, 0] < 0, 0] *= -1
    assert np.percentile(np.linalg.norm(places - exact, axis=1), 99) < 0.25 * 2.06 / 128
    # A vertex lies on the surface, so its place lies on the surface of the template.
    away = np.abs(model.base.template.evaluate(places)) / Lattice(64, False).spacing
    assert np.percentile(away, 95) < 0.25
    assert np.linalg.norm(places - vertices, axis=1).mean() > 1e-3


def test_the_template_is_a_shape_of_its_own(model: SimpleNamespace) -> None:
    surface = extract_dense(model.base.template, 32)
    q = torch.from_numpy(surface.vertices) / 1.03
    if model.base.symmetric:
        q[:, 0] = q[:, 0].abs()
    assert float((model.network.template(q) - LEVEL).abs().mean()) < 0.01
    assert isinstance(model.base, TemplateModel)


def test_a_sphere_traced_view_agrees_with_the_mesh(model: SimpleNamespace) -> None:
    camera = Camera(azimuth=35, elevation=40, distance=3, fov=40)
    surface = extract(model.base.field(CODE), 128)
    cast = raycast(surface.vertices, surface.faces, camera, (48, 48)).depth
    traced = sphere_trace(model.base.exact(CODE), camera, (48, 48))
    both = np.isfinite(cast) & np.isfinite(traced)
    assert both.sum() > 0.9 * (np.isfinite(cast) | np.isfinite(traced)).sum() > 100
    assert np.median(np.abs(cast[both] - traced[both])) < 0.5 * 2.06 / 128


def test_a_damaged_grid_is_refused(model: SimpleNamespace, tmp_path: Path) -> None:
    from latentmapper.errors import PackError

    with pytest.raises(PackError, match=r"template\.safetensors lacks coarse, origin, spacing"):
        TemplateGrid({"values": np.zeros((2, 2, 2), np.float16)})
    arrays = {
        "values": np.zeros((4, 4, 4), np.float16),
        "coarse": np.zeros(1, np.uint8),
        "origin": np.zeros(3, np.float32),
        "spacing": np.ones(1, np.float32),
    }
    with pytest.raises(PackError, match=r"holds a grid \(4, 4, 4\) that its marks do not fit") as caught:
        TemplateGrid(arrays)
    assert caught.value.exit_code == 3
