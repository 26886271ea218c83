"""Deep Implicit Templates against their plain formulation, which benchmarks/making.py times as well."""

import pytest

torch = pytest.importorskip("torch")

from reference.dit import plain_template, plain_warp  # noqa: E402
from torch import nn  # noqa: E402

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.models.base import build_network  # noqa: E402
from latentmapper.make.models.dit import DIT, DITShape  # noqa: E402

SMALL = DITShape(code_size=6, hidden=16, steps=8, template_width=12, template_layers=3, symmetric=False)


def random_dit(shape: DITShape = SMALL, seed: int = 0) -> DIT:
    """A network whose warp is large enough to matter."""
    torch.manual_seed(seed)
    network = DIT(shape).eval().requires_grad_(False)
    nn.init.normal_(network.warper.affine.weight, std=0.05)
    nn.init.normal_(network.warper.affine.bias, std=0.02)
    return network


def test_it_equals_the_plain_formulation() -> None:
    network = random_dit()
    codes, points = torch.randn(3, 6), torch.rand(3, 50, 3) * 2 - 1
    prepared = network.prepare(codes)
    stages, distances = network.warped(prepared, points), network.distances(prepared, points)
    assert len(stages) == 4
    expected = plain_warp(network.warper, codes, points)
    for found, wanted in zip(stages, expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    truth = plain_template(network.template, expected[-1])
    torch.testing.assert_close(distances, truth, atol=1e-5, rtol=0)
    assert (stages[-1] - points).abs().mean() > 0.05


def test_so_do_its_gradients() -> None:
    network = random_dit().requires_grad_(True)
    code, points = torch.randn(1, 6, requires_grad=True), torch.rand(1, 50, 3) * 2 - 1
    leaves = [*network.parameters(), code]
    warped = plain_warp(network.warper, code, points)[-1]
    truth = plain_template(network.template, warped)
    expected = torch.autograd.grad(truth.square().mean(), leaves)
    distances = network(code, points)
    for found, wanted in zip(torch.autograd.grad(distances.square().mean(), leaves), expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    assert expected[-1].abs().max() > 1e-4


def test_an_untrained_warp_moves_nothing_and_the_cell_remembers() -> None:
    network = DIT(SMALL)
    points = torch.rand(2, 20, 3)
    moved = network.warped(network.prepare(torch.randn(2, 6)), points)[-1]
    assert 0 < (moved - points).abs().max() < 1e-3
    biases = network.warper.shares.bias.view(4, 16).detach()
    assert biases[1].eq(2).all() and not biases[[0, 2, 3]].any()


def test_a_sharp_start_tells_places_and_shapes_apart() -> None:
    torch.manual_seed(0)
    network, codes, points = DIT(DITShape()), torch.eye(2, 256), 2 * torch.rand(1, 500, 3) - 1
    gates = network.warper.point(points).std()
    apart = (network.prepare(codes)[0] - network.prepare(codes)[1]).std()
    first = network.template.hidden[0]
    assert isinstance(first, nn.Linear)
    bend = first.weight.norm()
    network.sharpen()
    assert network.warper.point(points).std() > 20 * gates
    assert (network.prepare(codes)[0] - network.prepare(codes)[1]).std() > 2 * apart
    torch.testing.assert_close(first.weight.norm(), 3 * bend)
    moved = network.warped(network.prepare(codes[:1]), points)[-1] - network.folded(points)
    assert moved.abs().max() < 1e-2, "the warp is next to nothing all the same"


def test_a_symmetric_category_is_its_own_mirror_image() -> None:
    network = random_dit(DITShape(code_size=6, hidden=16, template_width=12, symmetric=True))
    codes, points = torch.randn(1, 6), torch.rand(1, 40, 3) * 2 - 1
    mirrored = points * torch.tensor([-1.0, 1, 1])
    assert torch.equal(network(codes, points), network(codes, mirrored))
    plain_network = random_dit()
    assert (plain_network(codes, points) - plain_network(codes, mirrored)).abs().max() > 1e-4


def test_bfloat16_rounds_hidden_values_and_never_coordinates() -> None:
    network = random_dit()
    codes, points = torch.randn(1, 6), torch.rand(1, 200, 3)
    exact = network(codes, points)
    network.use_bfloat16(True)
    rounded = network(codes, points)
    assert 0 < (rounded - exact).abs().max() < 0.02
    # Coordinates that differ by less than bfloat16 can tell still give different distances.
    nudged = network.warped(network.prepare(codes), points + 1e-4)[-1]
    moved = (nudged - network.warped(network.prepare(codes), points)[-1]).mean()
    assert 0.5e-4 < float(moved) < 2e-4


def test_dropout_acts_in_training_alone() -> None:
    network = random_dit(DITShape(code_size=6, hidden=16, template_width=64, dropout=0.3))
    codes, points = torch.randn(1, 6), torch.rand(1, 40, 3)
    assert torch.equal(network(codes, points), network(codes, points))
    network.train()
    assert not torch.equal(network(codes, points), network(codes, points))


def test_steps_that_cannot_be_quartered_are_refused() -> None:
    with pytest.raises(RecipeError, match=r"--shape\.steps must be a multiple of 4, not 6") as caught:
        DIT(DITShape(steps=6))
    assert caught.value.exit_code == 2


def test_recipes_find_it_by_name() -> None:
    fields = {"code_size": 4, "hidden": 8, "template_width": 8}
    network = build_network("dit", fields)
    assert (network.code_size, network.symmetric, network.warper.steps) == (4, True, 8)
