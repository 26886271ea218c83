"""A pack of Deep Implicit Templates whose template is a ball, and whose warp doubles y for every code."""

import json
from pathlib import Path

from latentmapper import files
from tests.tiny_pack import CODE_SIZE, write_tiny_pack


def write_warped_pack(path: Path) -> Path:
    """Write the pack into `path`; its mapper is that of the tiny pack."""
    import torch

    from latentmapper.make.models.dit import DIT, DITShape

    torch.manual_seed(0)
    network = DIT(DITShape(CODE_SIZE, hidden=8, steps=4, template_width=48, template_layers=2))
    _fit_ball(network.template)
    network.requires_grad_(False)
    network.warper.affine.weight.zero_()
    network.warper.affine.bias.copy_(torch.tensor([0, 2**0.25 - 1, 0, 0, 0, 0]))
    write_tiny_pack(path)
    metadata = json.loads((path / "pack.json").read_text())
    for name in ("planes.onnx", "field.safetensors"):
        (path / name).unlink()
        del metadata["files"][name]
    metadata["base"] = network.eval().export(path)
    for name in ("warp.onnx", "template.onnx", "template.safetensors"):
        metadata["files"][name] = files.sha256_of_file(path / name)
    files.write_json(path / "pack.json", metadata)
    return path


def _fit_ball(template) -> None:
    import torch

    optimizer = torch.optim.Adam(template.parameters(), 1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 400)
    for _ in range(400):
        points = torch.rand(512, 3) * 2.4 - 1.2
        optimizer.zero_grad()
        (template(points) - (points.norm(dim=-1) - 0.5)).abs().mean().backward()
        optimizer.step()
        schedule.step()
