"""Deep Implicit Templates as the files of a pack: the warp, the template, and the template baked."""

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.numpy import save_file
from torch import nn

from latentmapper.make.models.dit_baking import bake
from latentmapper.make.models.export import BATCH, export_graph, export_onnx

if TYPE_CHECKING:
    from latentmapper.make.models.dit import DIT

EXAMPLES = 3


def export_dit(network: "DIT", folder: Path, level: float) -> None:
    """Write `warp.onnx`, `template.onnx` and `template.safetensors`; the distances are less `level`."""
    template = _Template(network, level).eval()
    points = torch.zeros(EXAMPLES, 3)
    export_graph(
        _Warp(network).eval(),
        {"code": torch.zeros(1, network.code_size), "points": points},
        folder / "warp.onnx",
        ["warped"],
        {"points": BATCH, "warped": BATCH},
    )
    export_onnx(template, points, folder / "template.onnx", "points", ["distances"])
    save_file(bake(template), folder / "template.safetensors")


class _Warp(nn.Module):
    """A code (1, d) and points (n, 3), folded already, to their places on the template (n, 3)."""

    def __init__(self, network: "DIT") -> None:
        super().__init__()
        self.warper = network.warper

    def forward(self, code: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        return self.warper(self.warper.shares(code), points[None])[-1][0]


class _Template(nn.Module):
    """Warped points (n, 3) to distances (n,)."""

    def __init__(self, network: "DIT", level: float) -> None:
        super().__init__()
        self.template, self.level = network.template, level

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.template(points) - self.level
