"""What PyTorch differentiates slowly on a processor, with the gradient written out.

A step of the warp is a few products of moderate size and many operations that touch each number once: these
take most of the time, and less of it where one buffer serves several. Products with three columns take as
long as with a hundred unless the long side comes last.
"""

from typing import Any

import torch
from torch.autograd.function import once_differentiable


def with_points(base: torch.Tensor, points: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """base (..., m) + points (..., 3) @ weight (m, 3)^T; `base` is used up where gradients are wanted."""
    if torch.is_grad_enabled():
        return _WithPoints.apply(base, points, weight)
    return base + points @ weight.T


def cell(gates: torch.Tensor, state: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
    """An LSTM cell's hidden value and new state (..., h), after its products.

    Parameters
    ----------
    gates : (..., 4 h) what decides: input, forget, candidate, output; used up where gradients are wanted.
    state : (..., h) the one before, None for zero.
    """
    if torch.is_grad_enabled():
        return _Cell.apply(gates, state)
    take, keep, candidate, give = gates.chunk(4, -1)
    added = take.sigmoid() * candidate.tanh()
    new = added if state is None else keep.sigmoid() * state + added
    return give.sigmoid() * new.tanh(), new


class _WithPoints(torch.autograd.Function):
    """See `with_points`."""

    @staticmethod
    def forward(ctx: Any, base: torch.Tensor, points: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(points, weight)
        ctx.mark_dirty(base)
        base.view(-1, base.shape[-1]).addmm_(points.reshape(-1, points.shape[-1]), weight.T)
        return base

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        (gradient,) = grad_outputs
        points, weight = ctx.saved_tensors
        flat = gradient.reshape(-1, gradient.shape[-1])
        of_points = of_weight = None
        if ctx.needs_input_grad[1]:
            of_points = (weight.T.contiguous() @ flat.T).T.reshape(points.shape)
        if ctx.needs_input_grad[2]:
            of_weight = (points.reshape(-1, points.shape[-1]).T.contiguous() @ flat).T
        return gradient, of_points, of_weight


class _Cell(torch.autograd.Function):
    """See `cell`."""

    @staticmethod
    def forward(
        ctx: Any, gates: torch.Tensor, state: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        take, keep, candidate, give = gates.chunk(4, -1)
        # tanh x is 2 sigmoid 2 x - 1: one pass for all gates, and a fifth of the time of a tanh.
        candidate.mul_(2)
        gates.sigmoid_()
        candidate.mul_(2).sub_(1)
        new = take * candidate if state is None else torch.addcmul(take * candidate, keep, state)
        squashed = new.mul(2).sigmoid_().mul_(2).sub_(1)
        ctx.save_for_backward(gates, state, squashed)
        return give * squashed, new

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        of_hidden, of_new = grad_outputs
        gates, state, squashed = ctx.saved_tensors
        take, keep, candidate, give = gates.chunk(4, -1)
        made = torch.addcmul(gates, gates, gates, value=-1)  # the slope of a sigmoid s is s - s^2
        of_take, of_keep, of_candidate, of_give = made.chunk(4, -1)
        of_give.mul_(of_hidden).mul_(squashed)
        through = of_hidden * give
        through.addcmul_(through * squashed, squashed, value=-1).add_(of_new)
        of_take.mul_(through).mul_(candidate)
        taken = through * take
        torch.addcmul(taken, taken * candidate, candidate, value=-1, out=of_candidate)
        if state is None:
            of_keep.zero_()
            return made, None
        of_keep.mul_(through).mul_(state)
        return made, through * keep
