"""A loss that is a mean over shapes, differentiated shape by shape, or a few of them together.

What a network of coordinates computes for a whole batch is far more than a processor's caches hold, and most
of its time goes into memory. Here nothing of some shapes is kept when the next ones come, and each core has
shapes of its own; value and gradients are those of the whole batch. Shapes with few points are taken several
at a time, since each call costs PyTorch the same besides.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from latentmapper.make.training.threads import threads

Loss = Callable[..., tuple[torch.Tensor, dict[str, torch.Tensor]]]
"""Tensors with a row for each shape -> the mean over shapes of their losses, and of what is to be logged."""
AT_ONCE = 1024
"""Points for which a processor's caches hold what Deep Implicit Templates compute."""
Found = tuple[torch.Tensor, list[torch.Tensor]]
"""Loss and measurements (1 + m,) summed over some shapes, and the sums of the parameters' gradients."""


def by_shape(
    loss: Loss,
    parameters: Sequence[torch.Tensor],
    codes: torch.Tensor,
    *others: torch.Tensor,
    cores: int,
    together: int = 1,
) -> tuple[torch.Tensor, dict[str, float]]:
    """`loss(codes, *others)` and what it measures; on a GPU, which wants large batches, as it is.

    Parameters
    ----------
    loss : is called in any thread.
    parameters : the leaves, besides what `codes` come from, that its gradients are wanted of.
    codes, others : (b, ...) a row for each shape.
    cores : how many threads share the shapes.
    together : shapes that `loss` is asked about at once. The same two numbers give the same sums.
    """
    if codes.device.type != "cpu":
        value, measured = loss(codes, *others)
        return value, {name: float(each.detach()) for name, each in measured.items()}
    of_codes, names = torch.empty_like(codes), []

    def work(own: range) -> Found:
        totals, gradients = torch.zeros(()), [torch.zeros_like(each) for each in parameters]
        for first in range(0, len(own), together):
            rows = own[first : first + together]
            part = slice(rows.start, rows.stop, rows.step)
            code = codes[part].detach().requires_grad_()
            value, measured = loss(code, *(other[part] for other in others))
            *found, of_codes[part] = torch.autograd.grad(value * len(rows), [*parameters, code])
            _add(gradients, found)
            totals = totals + torch.stack([value, *measured.values()]).detach() * len(rows)
            names[:] = measured
        return totals, gradients

    shares = [range(first, len(codes), cores) for first in range(min(cores, len(codes)))]
    totals, gradients = _sum(list(threads(cores).map(work, shares) if cores > 1 else map(work, shares)))
    value, *measured = totals / len(codes)
    made = [each / len(codes) for each in (*gradients, of_codes)]
    return _Known.apply(value, made, *parameters, codes), {
        name: float(each) for name, each in zip(names, measured, strict=True)
    }


def _sum(found: list[Found]) -> Found:
    (totals, gradients), *others = found
    for more, theirs in others:
        totals = totals + more
        _add(gradients, theirs)
    return totals, gradients


def _add(totals: list[torch.Tensor], more: Sequence[torch.Tensor]) -> None:
    for total, each in zip(totals, more, strict=True):
        total.add_(each)


class _Known(torch.autograd.Function):
    """A value whose gradients by the inputs are known."""

    @staticmethod
    def forward(
        ctx: Any, value: torch.Tensor, gradients: list[torch.Tensor], *_: torch.Tensor
    ) -> torch.Tensor:
        ctx.gradients = gradients
        return value

    @staticmethod
    def backward(ctx: Any, *grad_outputs: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return None, None, *(grad_outputs[0] * each for each in ctx.gradients)
