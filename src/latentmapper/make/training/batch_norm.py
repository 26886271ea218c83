"""Batch norm over the batches of several processes together; PyTorch's own does that on GPUs alone."""

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from latentmapper.make.training.collectives import Sum


def synchronise(module: nn.Module, world: int) -> nn.Module:
    """The module, whose batch norms look at the batches of all `world` processes from now on."""
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm):
            setattr(module, name, SyncedBatchNorm(child, world))
        else:
            synchronise(child, world)
    return module


class SyncedBatchNorm(_BatchNorm):
    """Takes the place of a batch norm, with its parameters and statistics.

    Parameters
    ----------
    local : the batch norm of one process.
    world : how many processes there are, with batches of the same size.
    """

    def __init__(self, local: _BatchNorm, world: int) -> None:
        super().__init__(local.num_features, local.eps, local.momentum)
        self.weight, self.bias, self._world = local.weight, local.bias, world
        self.running_mean, self.running_var = local.running_mean, local.running_var
        self.num_batches_tracked = local.num_batches_tracked
        self.train(local.training)

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 (PyTorch's name)
        """Values (b, channels, ...) of this process's share of a batch, normalised by all of it."""
        if not self.training:
            return super().forward(input)
        values, over = input.float(), [axis for axis in range(input.ndim) if axis != 1]
        count = self._world * values.numel() // values.shape[1]
        mean = Sum.apply(values.sum(over, keepdim=True)) / count
        centred = values - mean
        variance = Sum.apply(centred.square().sum(over, keepdim=True)) / count
        self._remember(mean.flatten(), variance.flatten() * count / (count - 1))
        scale = (variance + self.eps).rsqrt() * self.weight.view(mean.shape)
        return (centred * scale + self.bias.view(mean.shape)).to(input.dtype)

    @torch.no_grad()
    def _remember(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        """Move the statistics by which the module normalises in use."""
        assert self.running_mean is not None and self.running_var is not None and self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1

    def _check_input_dim(self, input: torch.Tensor) -> None:  # noqa: A002 (PyTorch's name)
        """Any number of axes."""
