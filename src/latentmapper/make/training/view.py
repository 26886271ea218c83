"""What else a picture tells of a shape: learning it too makes a mapper measure, not recognise."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from latentmapper.make.dataset.shape_data import ShapeData
from latentmapper.make.training.pictures import Pictures


class ViewHead(nn.Module):
    """Hidden features (b, hidden) -> direction of the camera (3) and two proportions of the shape.

    The proportions are log height / length and log width / length, in standard deviations of the training
    shapes. The head is used in training alone.

    Parameters
    ----------
    hidden : length of the features.
    stored : the training shapes whose proportions are known, by id.
    pictures : those that the mapper trains on.
    """

    def __init__(self, hidden: int, stored: Mapping[str, ShapeData], pictures: Pictures) -> None:
        super().__init__()
        self.tell = nn.Linear(hidden, 5)
        known = {name: _proportions(data) for name, data in stored.items()}
        spread = np.std(list(known.values()), axis=0) + 1e-6 if known else np.ones(2)
        mean = np.mean(list(known.values()), axis=0) if known else np.zeros(2)
        unknown = np.full(2, np.nan)
        rows = [(known.get(shape, unknown) - mean) / spread for shape in pictures.shapes]
        proportions = torch.from_numpy(np.array(rows, np.float32).reshape(-1, 2))
        self.truth = torch.cat([pictures.directions, proportions], 1)

    def loss(self, hidden: torch.Tensor, rows: np.ndarray) -> torch.Tensor:
        """Mean squared error of the direction plus smooth L1 of the proportions, of what is known."""
        truth = self.truth[rows]
        known = truth.isfinite()
        truth, told = truth.nan_to_num(), self.tell(hidden)
        squared = (told - truth).square() * known
        smooth = nn.functional.smooth_l1_loss(told, truth, reduction="none") * known
        directions, proportions = known[:, :3].sum().clamp_min(1), known[:, 3:].sum().clamp_min(1)
        return squared[:, :3].sum() / directions + smooth[:, 3:].sum() / proportions


def _proportions(data: ShapeData) -> np.ndarray:
    """(2,) log height / length and log width / length."""
    width, height, length = np.ptp(data.surface_points, axis=0)
    return np.log(np.maximum((height, width), 1e-3) / max(length, 1e-3))
