"""From where a picture was taken, read off a descriptor that a mapper reads: a small network of its own.

What a mapper has learned for shapes may have forgotten the view; the tokens that it reads have not.
"""

from dataclasses import dataclass

import torch
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.view import NUMBERS


@dataclass(frozen=True)
class ViewShape:
    """Sizes of a network for the view."""

    grid: int = 8
    """Cells a side that the descriptor's cells are averaged to."""
    cell: int = 48
    """Numbers that each cell is narrowed to."""
    hidden: int = 192
    """Width of the hidden layer."""
    dropout: float = 0.5
    """Dropout before both of the last layers."""
    noise: float = 0.3
    """Noise on the cells in training, in standard deviations of their channels."""
    cell_dropout: float = 0.15
    """Share of cells left out in training."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes and shares out of range."""
        for name in ("grid", "cell", "hidden"):
            if getattr(self, name) < 1:
                raise RecipeError(f"--shape.{name} must be at least 1, not {getattr(self, name)}")
        for name in ("dropout", "cell_dropout"):
            if not 0 <= getattr(self, name) < 1:
                told = f"--shape.{name.replace('_', '-')} must be at least 0 and below 1"
                raise RecipeError(f"{told}, not {getattr(self, name)}")
        if not self.noise >= 0:
            raise RecipeError(f"--shape.noise must be at least 0, not {self.noise}")


class ViewReader(nn.Module):
    """Descriptor (b, T * C) -> direction towards the camera, and the roll where it is told (b, k): `NUMBERS`.

    Parameters
    ----------
    shape : sizes.
    tokens, channels : how a descriptor is laid out: global tokens, then the cells of a square, row by row.
    count : k, 3 or 4.
    """

    def __init__(self, shape: ViewShape, tokens: int, channels: int, count: int = len(NUMBERS)) -> None:
        super().__init__()
        self.mean: torch.Tensor
        self.spread: torch.Tensor
        self.shape, self.tokens, self.channels = shape, tokens, channels
        self.side = int(tokens**0.5)
        self.grid = max(n for n in range(1, min(shape.grid, self.side) + 1) if self.side % n == 0)
        cells = tokens - self.side**2 + self.grid**2
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("spread", torch.ones(channels))
        self.narrow = nn.Linear(channels, shape.cell)
        self.place = nn.Parameter(torch.zeros(cells, shape.cell))
        drop = nn.Dropout(shape.dropout)
        dense = nn.Linear(cells * shape.cell, shape.hidden), nn.GELU()
        self.read = nn.Sequential(nn.LayerNorm(cells * shape.cell), drop, *dense, drop)
        self.tell = nn.Linear(shape.hidden, count)

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.answer(self.cells(descriptor))

    def cells(self, descriptor: torch.Tensor) -> torch.Tensor:
        """(b, cells, C): the part that is never trained, global tokens first."""
        tokens = descriptor.view(-1, self.tokens, self.channels)
        first, step = self.tokens - self.side**2, self.side // self.grid
        square = tokens[:, first:].reshape(-1, self.grid, step, self.grid, step, self.channels)
        return torch.cat([tokens[:, :first], square.mean((2, 4)).flatten(1, 2)], 1)

    def answer(self, cells: torch.Tensor) -> torch.Tensor:
        """(b, k) of what `cells` gave."""
        seen = (cells - self.mean) / self.spread
        if self.training:
            kept = torch.rand(*seen.shape[:2], 1, device=seen.device) >= self.shape.cell_dropout
            seen = (seen + self.shape.noise * torch.randn_like(seen)) * kept
        narrowed = nn.functional.gelu(self.narrow(seen) + self.place)
        return self.tell(self.read(narrowed.flatten(1)))

    def fit(self, cells: torch.Tensor) -> None:
        """Find mean and spread of the channels over cells (n, cells, C) of training pictures."""
        flat = cells.float().flatten(0, 1)
        self.mean.copy_(flat.mean(0))
        self.spread.copy_(flat.std(0) + 1e-3)
