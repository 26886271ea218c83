"""The triplane auto-decoder: a latent code becomes three feature planes, a small MLP reads them.

The plane decoder is a linear layer and upsampling convolutions; a query point takes one feature
vector from each plane, bilinearly, and the MLP turns their concatenation into a signed distance.
A mirror-symmetric category is queried at |x|, and the half is stretched over the whole plane.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from latentmapper.errors import RecipeError
from latentmapper.make.models.base import register_network
from latentmapper.make.models.sizes import require_sizes

GROUPS = 8
"""Of channels that are normalised together, after each doubling."""


@dataclass(frozen=True)
class TriplaneShape:
    """Sizes of a triplane auto-decoder."""

    code_size: int = 256
    """Length of the latent code."""
    seed_channels: int = 64
    """Channels of the 8 x 8 seed that the code is mapped to, per plane."""
    widths: tuple[int, ...] = (48, 32, 32)
    """Channels after each doubling of the resolution."""
    channels: int = 24
    """Channels of a finished plane."""
    hidden: int = 64
    """Width of the MLP's two hidden layers."""
    symmetric: bool = True
    """Mirror symmetry in x."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that the network cannot have."""
        require_sizes(self, "code_size", "seed_channels", "channels", "hidden")
        if wrong := [width for width in self.widths if width < 1 or width % GROUPS]:
            raise RecipeError(f"--shape.widths must be multiples of {GROUPS}, not {wrong[0]}")


class Triplane(nn.Module):
    """The network; points and distances in network units (canonical / 1.03)."""

    graphs = ("planes.onnx",)

    def __init__(self, shape: TriplaneShape) -> None:
        super().__init__()
        self.shape = shape
        self.code_size = shape.code_size
        self.symmetric = shape.symmetric
        self.seed = nn.Linear(shape.code_size, 3 * shape.seed_channels * 8 * 8)
        self.upsampling = nn.Sequential(*_stages(shape))
        self.mlp = nn.Sequential(
            nn.Linear(3 * shape.channels, shape.hidden),
            nn.SiLU(),
            nn.Linear(shape.hidden, shape.hidden),
            nn.SiLU(),
            nn.Linear(shape.hidden, 1),
        )

    def prepare(self, codes: torch.Tensor) -> torch.Tensor:
        """Planes (b, 3, channels, R, R) of codes (b, code_size), in the order xy, xz, yz."""
        seeds = self.seed(codes).view(-1, self.shape.seed_channels, 8, 8)
        planes = self.upsampling(seeds)
        return planes.view(-1, 3, *planes.shape[1:])

    def distances(self, prepared: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """Signed distances (b, n) at points (b, n, 3), given planes (b, 3, c, R, R)."""
        x, y, z = points.unbind(-1)
        u = 2 * x.abs() - 1 if self.symmetric else x
        grid = torch.stack([torch.stack(pair, -1) for pair in ((u, y), (u, z), (y, z))], 1)
        features = F.grid_sample(
            prepared.flatten(0, 1),
            grid.flatten(0, 1)[:, None],
            padding_mode="border",
            align_corners=True,
        )
        b, n = points.shape[:2]
        return self.mlp(features.reshape(b, -1, n).transpose(1, 2))[..., 0]

    def forward(self, codes: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """Signed distances (b, n) for codes (b, d) at points (b, n, 3)."""
        return self.distances(self.prepare(codes), points)

    def export(self, folder: Path, level: float = 0.0) -> dict[str, Any]:
        """Write `planes.onnx` and `field.safetensors`; return the "base" entry of `pack.json`.

        `level` is subtracted from every distance (network units): the last bias takes it.
        """
        from latentmapper.make.models.export import export_onnx

        wrapper = _Planes(self).eval()
        export_onnx(wrapper, torch.zeros(1, self.code_size), folder / "planes.onnx", "code", ["planes"])
        linears = [layer for layer in self.mlp if isinstance(layer, nn.Linear)]
        arrays = {f"w{i}": layer.weight.detach().contiguous() for i, layer in enumerate(linears)}
        arrays |= {f"b{i}": layer.bias.detach().contiguous() for i, layer in enumerate(linears)}
        arrays[f"b{len(linears) - 1}"] = arrays[f"b{len(linears) - 1}"] - level
        save_file(arrays, folder / "field.safetensors")
        sizes = {key: value for key, value in asdict(self.shape).items() if key != "widths"}
        return {"kind": "triplane", **sizes, "widths": list(self.shape.widths)}


class _Planes(nn.Module):
    """Only the plane decoder, for export."""

    def __init__(self, network: Triplane) -> None:
        super().__init__()
        self.network = network

    def forward(self, code: torch.Tensor) -> torch.Tensor:
        return self.network.prepare(code)


def _stages(shape: TriplaneShape) -> list[nn.Module]:
    """Upsample, convolve, normalise, activate; once per doubling; then a linear map to the planes."""
    layers: list[nn.Module] = []
    before = shape.seed_channels
    for width in shape.widths:
        layers += [
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            nn.Conv2d(before, width, 3, padding=1),
            nn.GroupNorm(GROUPS, width),
            nn.SiLU(),
        ]
        before = width
    return [*layers, nn.Conv2d(before, shape.channels, 1)]


def _build(fields: dict[str, Any]) -> Triplane:
    return Triplane(TriplaneShape(**{**fields, "widths": tuple(fields["widths"])}))


register_network("triplane", _build)
