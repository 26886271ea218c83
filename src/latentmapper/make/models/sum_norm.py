"""Batch norm of sums that are never written out."""

import torch
from torch import nn


def normed_sums(norm: nn.BatchNorm1d, rows: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """What the batch norm makes of all sums of a row (n, c) and a code (b, c): (b * n, c), code by code.

    All b n sums have as mean that of the rows and that of the codes together, and as variance likewise, since
    every row meets every code: so the norm is a step on the n rows and on the b codes, not on their sums.
    """
    mean, variance = _statistics(norm, rows, codes)
    scale = norm.weight * (variance + norm.eps).rsqrt()
    return ((rows - mean) * scale + norm.bias + (codes * scale)[:, None]).flatten(0, 1)


def _statistics(
    norm: nn.BatchNorm1d, rows: torch.Tensor, codes: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and variance (c,) of all sums, which are remembered; those that were, where nothing is learned."""
    assert norm.running_mean is not None and norm.running_var is not None and norm.momentum is not None
    if not norm.training:
        return norm.running_mean, norm.running_var
    mean = rows.mean(0) + codes.mean(0)
    variance = rows.var(0, correction=0) + codes.var(0, correction=0)
    count = len(rows) * len(codes)
    with torch.no_grad():
        norm.running_mean.lerp_(mean, norm.momentum)
        norm.running_var.lerp_(variance * count / (count - 1), norm.momentum)
        assert norm.num_batches_tracked is not None
        norm.num_batches_tracked += 1
    return mean, variance
