"""What every generative shape model is to the training, fitting and packing code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import torch

from latentmapper.errors import RecipeError


class ShapeNetwork(Protocol):
    """A torch module: codes and points in, signed distances out.

    Points and distances are in network units: canonical coordinates divided by `BOUND`.
    """

    code_size: int
    symmetric: bool
    graphs: tuple[str, ...]
    """Names of the ONNX files that `export` writes."""

    def prepare(self, codes: torch.Tensor) -> Any:
        """Everything that depends on the codes (b, d) alone, computed once for many points."""
        ...

    def distances(self, prepared: Any, points: torch.Tensor) -> torch.Tensor:
        """Signed distances (b, n) at points (b, n, 3)."""
        ...

    def export(self, folder: Path, level: float = 0.0) -> dict[str, Any]:
        """Write the files of a pack's base model, which gives distances less `level` (network units).

        Returns the "base" entry of `pack.json`.
        """
        ...


# The canonical radius 1 becomes 1 / BOUND inside networks, so that surfaces never touch the border.
BOUND = 1.03

_BUILDERS: dict[str, Callable[[dict[str, Any]], Any]] = {}


def register_network(kind: str, builder: Callable[[dict[str, Any]], Any]) -> None:
    """Make a kind of shape model available to recipes; `builder` takes the recipe's model fields."""
    _BUILDERS[kind] = builder


def build_network(kind: str, fields: dict[str, Any]) -> Any:
    """An untrained shape model. Raises `RecipeError` for a kind that nobody registered."""
    if kind not in _BUILDERS:
        raise RecipeError(f"unknown shape model {kind!r}; known: {', '.join(sorted(_BUILDERS))}")
    return _BUILDERS[kind](fields)
