"""The Chamfer loss against every pair of points."""

import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.evaluation.metrics import chamfer_distance  # noqa: E402
from latentmapper.make.training.chamfer import chamfer_loss  # noqa: E402


def naive(made, truth):
    apart = (made[:, :, None] - truth[:, None]).square().sum(-1)
    return apart.amin(2).mean() + apart.amin(1).mean()


def test_value_and_gradient_are_those_of_every_pair() -> None:
    torch.manual_seed(0)
    made, truth = torch.rand(3, 40, 3, requires_grad=True), torch.rand(3, 60, 3)
    fast, slow = chamfer_loss(made, truth), naive(made, truth)
    torch.testing.assert_close(fast, slow)
    gradients = [torch.autograd.grad(each, made)[0] for each in (fast, slow)]
    assert gradients[0].abs().max() > 0
    torch.testing.assert_close(*gradients)


def test_it_is_the_metric_of_the_evaluation_in_other_units() -> None:
    made, truth = torch.rand(1, 50, 3), torch.rand(1, 50, 3)
    loss = chamfer_loss(made, truth).item()
    assert 1000 * loss == pytest.approx(chamfer_distance(made[0].numpy(), truth[0].numpy()), rel=1e-4)


def test_points_in_place_cost_nothing() -> None:
    points = torch.rand(2, 30, 3)
    assert chamfer_loss(points[:, torch.randperm(30)], points) == 0
