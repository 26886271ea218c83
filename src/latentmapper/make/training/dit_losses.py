"""The losses of Deep Implicit Templates (Zheng et al., CVPR 2021), each a mean."""

from collections.abc import Sequence

import torch
from torch.nn import functional as F

EPSILONS = (0.025, 0.01, 0.0025, 0.0)
"""Error that is free at each stage of the warp, network units."""
EMPHASES = (0.0, 0.1, 0.2, 0.5)
"""How much more than an easy sample a hard one weighs at each stage."""
SAME = 1e-3
"""Added to the way between two points, so that a point drawn twice does no harm."""


def progressive_l1(stages: Sequence[torch.Tensor], truth: torch.Tensor, clamp: float) -> torch.Tensor:
    """Mean over the four stages of a soft L1 that demands more of each: the progressive
    reconstruction loss.

    A sample is hard where the surface predicted lies too near, or on the wrong side (Curriculum DeepSDF,
    Duan et al., ECCV 2020): it weighs 1 + lambda, an easy one 1 - lambda.

    Parameters
    ----------
    stages : distances (b, n) after each quarter of the warp, network units.
    truth : (b, n).
    """
    wanted = truth.clamp(-clamp, clamp)
    losses = []
    for predicted, epsilon, emphasis in zip(stages, EPSILONS, EMPHASES, strict=True):
        error = wanted - predicted.clamp(-clamp, clamp)
        weight = 1 + emphasis * wanted.sign() * error.sign()
        losses.append((weight.detach() * (error.abs() - epsilon).relu()).mean())
    return torch.stack(losses).mean()


def point_movement(stages: Sequence[torch.Tensor], points: torch.Tensor, delta: float) -> torch.Tensor:
    """Mean Huber loss of how far points (b, n, 3) have moved after each stage: point-wise regularisation."""
    ways = [(stage - points).norm(dim=-1) for stage in stages]
    return torch.stack([F.huber_loss(way, torch.zeros_like(way), delta=delta) for way in ways]).mean()


def pair_distortion(warped: torch.Tensor, points: torch.Tensor, margin: float) -> torch.Tensor:
    """Mean over pairs of points of what their ways differ beyond `margin` times how far they lie apart: point
    pair regularisation.

    The published code compares an eighth of the points with all others. Here each point (b, n, 3) is paired
    with the one after it: samples are drawn at random, so pairs are too, and their mean is the same.

    Parameters
    ----------
    warped : (b, n, 3) where the points are at the end of the warp.
    """
    apart = (points - points.roll(1, 1)).norm(dim=-1) + SAME
    moved = warped - points
    unlike = (moved - moved.roll(1, 1)).norm(dim=-1)
    return (unlike / apart - margin).relu().mean()
