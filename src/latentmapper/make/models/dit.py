"""Deep Implicit Templates (Zheng et al., CVPR 2021), the base model of 3D-LatentMapper.

A code warps space so that its shape falls on a template that the whole category shares; the template's
distance at the warped point is the shape's. A point and its warped position so correspond across shapes.
A mirror-symmetric category is warped at |x|, as the triplane is queried there; the paper does without.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.models.base import register_network
from latentmapper.make.models.dit_export import export_dit
from latentmapper.make.models.sizes import require_dropped, require_sizes
from latentmapper.make.models.warper import STAGES, Template, Warper


@dataclass(frozen=True)
class DITShape:
    """Sizes of Deep Implicit Templates."""

    code_size: int = 256
    """Length of the latent code."""
    hidden: int = 128
    """Width of the warper's LSTM cell."""
    steps: int = 8
    """Steps in which a point is warped, a multiple of 4."""
    template_width: int = 128
    """Width of the template's hidden layers."""
    template_layers: int = 5
    """Their number."""
    dropout: float = 0.0
    """How often, in training, a hidden value of the template is dropped."""
    symmetric: bool = True
    """Mirror symmetry in x."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the networks cannot have."""
        require_sizes(self, "code_size", "hidden", "template_width", "template_layers")
        require_dropped(self, "dropout")


class DIT(nn.Module):
    """The network; points and distances in network units (canonical / 1.03).

    Raises
    ------
    RecipeError : the steps cannot be quartered.
    """

    graphs = ("warp.onnx", "template.onnx")

    def __init__(self, shape: DITShape) -> None:
        super().__init__()
        if shape.steps < STAGES or shape.steps % STAGES:
            raise RecipeError(f"--shape.steps must be a multiple of {STAGES}, not {shape.steps}")
        self.shape = shape
        self.code_size = shape.code_size
        self.symmetric = shape.symmetric
        self.warper = Warper(shape.code_size, shape.hidden, shape.steps)
        self.template = Template(shape.template_width, shape.template_layers, shape.dropout)

    def use_bfloat16(self, use: bool) -> None:
        """Whether products of hidden values run in bfloat16."""
        self.warper.rounds = self.template.rounds = use

    def sharpen(self) -> None:
        """Begin with weights that short runs learn faster from: see `Warper.sharpen`."""
        self.warper.sharpen()
        self.template.sharpen()

    def prepare(self, codes: torch.Tensor) -> torch.Tensor:
        """The codes' share of the gates (b, 4 hidden), of codes (b, code_size)."""
        with torch.autocast(codes.device.type, enabled=False):
            return self.warper.shares(codes)

    def warped(self, prepared: torch.Tensor, points: torch.Tensor) -> list[torch.Tensor]:
        """Where points (b, n, 3) lie on the template after each quarter of the warp, (b, n, 3) each."""
        return self.warper(prepared, self.folded(points))

    def folded(self, points: torch.Tensor) -> torch.Tensor:
        """Points (..., 3), brought to x >= 0 where the category is symmetric."""
        if not self.symmetric:
            return points
        return torch.cat([points[..., :1].abs(), points[..., 1:]], -1)

    def distances(self, prepared: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """Signed distances (b, n) at points (b, n, 3), given the codes' shares (b, 4 hidden)."""
        return self.template(self.warped(prepared, points)[-1])

    def forward(self, codes: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """Signed distances (b, n) for codes (b, d) at points (b, n, 3)."""
        return self.distances(self.prepare(codes), points)

    def export(self, folder: Path, level: float = 0.0) -> dict[str, Any]:
        """Write the files of a base model "dit" (docs/pack-format.md); return its entry of `pack.json`.

        `level` is subtracted from every distance (network units).
        """
        export_dit(self.warper, self.template, folder, level)
        return {"kind": "dit", **asdict(self.shape)}


def _build(fields: dict[str, Any]) -> DIT:
    return DIT(DITShape(**fields))


register_network("dit", _build)
