"""What else a picture tells of a shape: learning it too makes a mapper measure, not recognise."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.dataset.shape_data import ShapeData
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.pictures import Pictures
from latentmapper.view import ROLL_UNIT


class ViewHead(nn.Module):
    """Hidden features (b, hidden) -> direction of the camera (3), two proportions of the shape, and the roll.

    The proportions are log height / length and log width / length, in standard deviations of the training
    shapes. They are used in training alone; direction and roll may go into a pack. The roll is learned where
    the pictures tell it.

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
        self.turn: nn.Linear | None = None
        if pictures.rolls is not None and pictures.rolls.isfinite().any():
            self.turn = nn.Linear(hidden, 1)
            self.truth = torch.cat([self.truth, pictures.rolls[:, None] / ROLL_UNIT], 1)

    def loss(self, hidden: torch.Tensor, rows: np.ndarray, process: Process = ALONE) -> torch.Tensor:
        """Mean squared error of direction and roll plus smooth L1 of the proportions, of what is known.

        process : among others, whose pictures count as much where they tell more or less.
        """
        truth = self.truth[rows].to(hidden.device)
        known = truth.isfinite()
        told = self.tell(hidden)
        if self.turn is not None:
            told = torch.cat([told, self.turn(hidden)], 1)
        truth = truth.nan_to_num()
        squared = (told - truth).square() * known
        smooth = nn.functional.smooth_l1_loss(told, truth, reduction="none") * known
        loss = squared[:, :3].sum() / process.share_of(known[:, :3].sum())
        loss = loss + smooth[:, 3:5].sum() / process.share_of(known[:, 3:5].sum())
        return loss + squared[:, 5:].sum() / process.share_of(known[:, 5:].sum())

    def angles(self, hidden: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
        """(b,) degrees between what is told of hidden features (b, hidden) and true directions (b, 3)."""
        told = self.tell(hidden)[:, :3]
        cosine = nn.functional.cosine_similarity(told, directions.to(told.device), dim=1)
        return cosine.clamp(-1, 1).acos().rad2deg()


def read_view_head(run: Path) -> nn.Linear | None:
    """What of a mapper run's view head goes into a pack: direction (3) and, if it was learned, roll (1).

    Parameters
    ----------
    run : folder of the checkpoint.

    Returns
    -------
    head : hidden features (b, hidden) -> what `View.of` reads; None where none was trained.
    """
    with safe_open(run / checkpoint.NAME, "pt") as file:
        names = set(file.keys())
        rows = [("tell", 3), ("turn", 1)]
        found = [(name, count) for name, count in rows if f"module.view.{name}.weight" in names]
        if not found:
            return None
        weight, bias = (
            torch.cat([file.get_tensor(f"module.view.{name}.{part}")[:count] for name, count in found])
            for part in ("weight", "bias")
        )
    head = nn.Linear(weight.shape[1], len(weight))
    head.load_state_dict({"weight": weight, "bias": bias})
    return head.eval().requires_grad_(False)


def view_head_of(run: Path, weights: Path, details: Mapping[str, Any]) -> nn.Linear:
    """The head of a mapper run whose best weights lie in a folder; `details` is its mapper.json.

    Raises
    ------
    RecipeError : it learned no view.
    """
    # Runs of before do not say how many of their pictures told a view.
    head = read_view_head(weights) if details.get("views", 1) else None
    if head is None:
        raise RecipeError(f"--view: {run} learned none; train it with --view-weight, on new features")
    return head


def _proportions(data: ShapeData) -> np.ndarray:
    """(2,) log height / length and log width / length."""
    width, height, length = np.ptp(data.surface_points, axis=0)
    return np.log(np.maximum((height, width), 1e-3) / max(length, 1e-3))
