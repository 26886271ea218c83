"""The triplane field against a point-by-point reference and against PyTorch."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.shapes import threads
from latentmapper.shapes.field import TriplaneField
from latentmapper.shapes.lattice import Lattice
from tests.shapes.solids import random_parameters, random_triplane

POINTS = np.random.default_rng(1).uniform(-1.3, 1.3, (300, 3)).astype(np.float32)


@pytest.mark.parametrize("symmetric", [True, False])
def test_evaluate_equals_a_naive_reference(symmetric: bool) -> None:
    planes, weights = random_parameters()
    field = TriplaneField(planes, weights, symmetric)
    expected = [naive(planes, weights, symmetric, point) for point in POINTS]
    np.testing.assert_allclose(field.evaluate(POINTS), expected, atol=2e-6)


@pytest.mark.parametrize("symmetric", [True, False])
def test_evaluate_equals_torch_grid_sample(symmetric: bool) -> None:
    torch = pytest.importorskip("torch")
    planes, weights = random_parameters(seed=2)
    q = torch.from_numpy(POINTS) / 1.03
    x = 2 * q[:, 0].abs() - 1 if symmetric else q[:, 0]
    grid = torch.stack([torch.stack(pair, -1) for pair in ((x, q[:, 1]), (x, q[:, 2]), (q[:, 1], q[:, 2]))])
    features = torch.nn.functional.grid_sample(
        torch.from_numpy(planes), grid[:, :, None], align_corners=True, padding_mode="border"
    )
    value = features[..., 0].permute(2, 0, 1).reshape(len(POINTS), -1)
    for number, (weight, bias) in enumerate(weights):
        value = torch.nn.functional.silu(value) if number else value
        value = value @ torch.from_numpy(weight).T + torch.from_numpy(bias)
    actual = TriplaneField(planes, weights, symmetric).evaluate(POINTS)
    np.testing.assert_allclose(actual, 1.03 * value[:, 0].numpy(), atol=2e-6)


@pytest.mark.parametrize("half", [True, False])
def test_lattice_sampler_equals_evaluate(half: bool) -> None:
    field = random_triplane(symmetric=half)
    lattice = Lattice(10, half)
    i, j, k = lattice.unravel(np.arange(np.prod(lattice.shape)))
    x, y, z = lattice.axes
    points = np.stack([x[i], y[j], z[k]], axis=-1)
    np.testing.assert_allclose(field.on_lattice(lattice.axes)(i, j, k), field.evaluate(points), atol=2e-6)


def test_values_do_not_depend_on_company_or_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    field = random_triplane()
    points = np.random.default_rng(3).uniform(-1, 1, (5000, 3)).astype(np.float32)
    together = field.evaluate(points)
    assert (together[777:780] == field.evaluate(points[777:780])).all()
    monkeypatch.setattr(threads, "available_cores", lambda: 1)
    assert (together == field.evaluate(points)).all()


def test_symmetric_field_is_its_own_mirror_image() -> None:
    field = random_triplane(symmetric=True)
    assert (field.evaluate(POINTS) == field.evaluate(POINTS * np.array([-1, 1, 1], np.float32))).all()


def test_no_points_no_values() -> None:
    assert random_triplane().evaluate(np.empty((0, 3), np.float32)).shape == (0,)


def test_parameters_that_do_not_fit_are_refused() -> None:
    planes, weights = random_parameters()
    with pytest.raises(MeshError, match=r"planes must be \(3, C, R, R\), not \(2, 4, 9, 9\)"):
        TriplaneField(planes[:2], weights, True)
    with pytest.raises(MeshError, match=r"layer 0 of the field takes \(16, 12\), its input has 9 channels"):
        TriplaneField(planes[:, :3], weights, True)
    with pytest.raises(MeshError, match="two layers or more, the last with one output"):
        TriplaneField(planes, weights[:2], True)


def naive(planes: np.ndarray, weights: list, symmetric: bool, point: np.ndarray) -> float:
    """The definition, one point at a time, in float64."""
    q = point.astype(np.float64) / 1.03
    if symmetric:
        q[0] = 2 * abs(q[0]) - 1
    last = planes.shape[-1] - 1
    features = []
    for plane, (a, b) in zip(planes.astype(np.float64), ((0, 1), (0, 2), (1, 2)), strict=True):
        column, row = (np.clip((q[axis] + 1) / 2 * last, 0, last) for axis in (a, b))
        left, top = min(int(column), last - 1), min(int(row), last - 1)
        u, v = column - left, row - top
        for channel in plane:
            upper = channel[top, left] * (1 - u) + channel[top, left + 1] * u
            lower = channel[top + 1, left] * (1 - u) + channel[top + 1, left + 1] * u
            features.append(upper * (1 - v) + lower * v)
    value = np.array(features)
    for number, (weight, bias) in enumerate(weights):
        value = value / (1 + np.exp(-value)) if number else value
        value = weight.astype(np.float64) @ value + bias
    return 1.03 * value[0]
