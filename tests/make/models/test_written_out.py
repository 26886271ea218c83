"""Gradients that are written out are those of the function, and it is PyTorch's own."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor  # noqa: E402

from latentmapper.make.models.written_out import cell, with_points  # noqa: E402


def _random(*shape: int, dtype: Any = torch.float64) -> Tensor:
    return torch.randn(*shape, dtype=dtype, requires_grad=True)


def test_the_cell_is_pytorchs() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.LSTMCell(5, 7)
    read, hidden, state = torch.randn(40, 5), torch.randn(40, 7), torch.randn(40, 7)
    gates = read @ theirs.weight_ih.T + theirs.bias_ih + hidden @ theirs.weight_hh.T + theirs.bias_hh
    for found, wanted in zip(cell(gates.clone(), state), theirs(read, (hidden, state)), strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0)
    with torch.no_grad():
        for found, wanted in zip(cell(gates, state), theirs(read, (hidden, state)), strict=True):
            torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0)


def test_its_gradients_are_those_of_small_differences() -> None:
    torch.manual_seed(1)
    gates, state = _random(2, 3, 8), _random(2, 3, 2)
    assert torch.autograd.gradcheck(lambda gates, state: cell(gates.clone(), state), (gates, state))
    assert torch.autograd.gradcheck(lambda gates: cell(gates.clone(), None), gates)


def test_so_are_those_of_a_product_with_points() -> None:
    torch.manual_seed(2)
    base, points, weight = _random(2, 4, 5), _random(2, 4, 3), _random(5, 3)
    inputs = base, points, weight
    assert torch.autograd.gradcheck(lambda base, *others: with_points(base.clone(), *others), inputs)
    found = with_points(base.detach().clone(), points, weight)
    torch.testing.assert_close(found, base + points @ weight.T)
    with torch.no_grad():
        torch.testing.assert_close(with_points(base, points, weight), found)


def test_a_frozen_product_still_moves_the_points() -> None:
    base, points, weight = torch.zeros(4, 5), _random(4, 3, dtype=torch.float32), torch.rand(5, 3)
    with_points(base, points, weight).sum().backward()
    torch.testing.assert_close(points.grad, weight.sum(0).expand(4, 3))
