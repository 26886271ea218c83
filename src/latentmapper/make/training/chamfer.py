"""The Chamfer distance as a loss."""

import numpy as np
import torch
from scipy.spatial import KDTree

from latentmapper.make.training.threads import threads


def chamfer_loss(made: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Sum of the two mean squared nearest-neighbour distances, averaged over shapes (Fan et al., CVPR 2017).

    Which points are nearest is found without gradients: a small move does not change it.

    Parameters
    ----------
    made : (b, n, 3), of which gradients are taken.
    truth : (b, m, 3) without them.
    """
    clouds = made.detach().cpu().numpy(), truth.cpu().numpy()
    pairs = list(threads(torch.get_num_threads()).map(_nearest, *clouds))
    there, back = (torch.from_numpy(np.stack(part)).to(made.device) for part in zip(*pairs, strict=True))
    return (_picked(truth, there) - made).square().sum(-1).mean() + (
        _picked(made, back) - truth
    ).square().sum(-1).mean()


def _nearest(made: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of the points made (n,) the nearest true one, and the other way (m,)."""
    return np.asarray(KDTree(truth).query(made)[1]), np.asarray(KDTree(made).query(truth)[1])


def _picked(points: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """(b, k, 3) those of the points (b, n, 3) that an index (b, k) names."""
    return torch.gather(points, 1, index[..., None].expand(-1, -1, 3))
