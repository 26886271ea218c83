"""From a ViT's tokens to the fixed-length descriptor that mappers read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.features.vit import Tokens

GRID = 4


@dataclass(frozen=True)
class PooledTokens:
    """The descriptor `pooled`: class token, mean token, and tokens averaged over a coarse grid."""

    grid: int = GRID
    """Cells a side."""

    def __call__(self, tokens: Tokens) -> NDArray[np.float32]:
        """(b, (2 + grid^2) width) float32."""
        return pool(tokens, self.grid)


def pool(tokens: Tokens, grid: int = GRID) -> NDArray[np.float32]:
    """Concatenate the class token, the mean token and the tokens of grid x grid cells, row by row.

    Returns
    -------
    descriptor : (b, (2 + grid^2) width) float32; 6,912 long for ViT-S and a 4 x 4 grid.

    Raises
    ------
    PackError : cells that the patches cannot be shared out among.
    """
    batch, rows, columns, width = tokens.patches.shape
    if grid < 1 or rows % grid or columns % grid:
        raise PackError(f"{rows} x {columns} patches cannot be averaged over {grid} x {grid} cells")
    cells = tokens.patches.reshape(batch, grid, rows // grid, grid, columns // grid, width).mean(axis=(2, 4))
    mean = tokens.patches.mean(axis=(1, 2))
    return np.concatenate([tokens.cls, mean, cells.reshape(batch, -1)], axis=1).astype(np.float32)
