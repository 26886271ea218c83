"""Deep Implicit Templates as the files of a pack: the warp, the template, and the template baked."""

from pathlib import Path

import torch
from safetensors.numpy import save_file
from torch import nn

from latentmapper.make.models.dit_baking import bake
from latentmapper.make.models.export import BATCH, export_graph, export_onnx
from latentmapper.make.models.warper import Template, Warper

EXAMPLES = 3


def export_dit(warper: Warper, template: Template, folder: Path, level: float) -> None:
    """Write `warp.onnx`, `template.onnx` and `template.safetensors`.

    Parameters
    ----------
    level : subtracted from every distance, network units.
    """
    levelled = _Levelled(template, level).eval()
    points = torch.zeros(EXAMPLES, 3)
    export_graph(
        _Warp(warper).eval(),
        {"code": torch.zeros(1, warper.shares.in_features), "points": points},
        folder / "warp.onnx",
        ["warped"],
        {"points": BATCH, "warped": BATCH},
    )
    export_onnx(levelled, points, folder / "template.onnx", "points", ["distances"])
    save_file(bake(levelled), folder / "template.safetensors")


class _Warp(nn.Module):
    """A code (1, d) and points (n, 3), folded already, to their places on the template (n, 3)."""

    def __init__(self, warper: Warper) -> None:
        super().__init__()
        self.warper = warper

    def forward(self, code: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        return self.warper(self.warper.shares(code), points[None])[-1][0]


class _Levelled(nn.Module):
    """Warped points (n, 3) to distances (n,) less a level."""

    def __init__(self, template: Template, level: float) -> None:
        super().__init__()
        self.template, self.level = template, level

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.template(points) - self.level
