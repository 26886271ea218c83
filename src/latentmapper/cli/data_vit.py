"""`latentmapper data vit ID -o FILE.onnx`: a ViT of the Hugging Face hub to what other verbs read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    require("transformers", extra="train")
    from latentmapper.make.models.hub import export_vit

    @dataclass(frozen=True)
    class Config:
        """Export a DINO or DINOv2 as ONNX, for `data features --vit` and `reconstruct --vit`."""

        source: Annotated[str, tyro.conf.Positional]
        """Id on the hub, such as facebook/dino-vits8, or a folder with config.json and model.safetensors."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """The ONNX file to write."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    export_vit(config.source, config.output)
    print(f"{config.output}: {config.output.stat().st_size / 1e6:.0f} MB")
    return 0
