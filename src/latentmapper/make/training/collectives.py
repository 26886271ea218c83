"""Sums over the processes of a run, with gradients."""

from typing import Any

import torch
import torch.distributed as dist


class Sum(torch.autograd.Function):
    """`Sum.apply(part)`: all processes' parts added up, in every process.

    Each part has the gradients of all of them: they add up to that of all processes' losses together.
    """

    @staticmethod
    def forward(ctx: Any, part: torch.Tensor) -> torch.Tensor:
        summed = part.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(summed)
        return summed

    @staticmethod
    def backward(ctx: Any, *grad_outputs: torch.Tensor) -> torch.Tensor:
        return Sum.forward(ctx, *grad_outputs)
